"""free-mail-recipient and lookalike-domain."""

from __future__ import annotations

import pytest

from tests.support.mail import found, mail


def test_consumer_addresses_are_found_for_these_recipients_only() -> None:
    facts = mail(to="a@partner.example, Taro@gmail.com, b@docomo.ne.jp, c@qq.com")
    (finding,) = found("free-mail-recipient", facts)
    assert finding.recipients == 0b1110
    assert finding.values == {"address": "Taro@gmail.com", "addresses": 3, "domain": "gmail.com"}


def test_customers_of_a_provider_have_sub_domains_at_some() -> None:
    facts = mail(to="a@peach.ocn.ne.jp, b@corp.yahoo.co.jp, c@ocn.ne.jp")
    (finding,) = found("free-mail-recipient", facts)
    assert finding.recipients == 0b101
    assert not found("free-mail-recipient", facts, exempt=["ocn.ne.jp"])


def test_the_site_names_more_providers_and_exempts_some() -> None:
    facts = mail(to="a@local-isp.example, b@gmail.com")
    (finding,) = found("free-mail-recipient", facts, more=["local-isp.example"], exempt=["gmail.com"])
    assert finding.recipients == 0b01
    assert not found("free-mail-recipient", mail(to="a@partner.example"))


@pytest.mark.parametrize(
    ("address", "like", "kind"),
    [
        ("tanaka@gmai.com", "gmail.com", "typo"),
        ("tanaka@gmial.com", "gmail.com", "typo"),
        ("tanaka@gmail.co", "gmail.com", "typo"),
        ("tanaka@gmail.con", "gmail.com", "typo"),
        ("tanaka@gmail.co.jp", "gmail.com", "typo"),
        ("tanaka@icloud.jp", "icloud.com", "typo"),
        ("tanaka@yahoo.jp", "yahoo.co.jp", "typo"),
        ("tanaka@hotmail.ne.jp", "hotmail.co.jp", "typo"),
        ("tanaka@yaho.co.jp", "yahoo.co.jp", "typo"),
        ("tanaka@docomo.ne.jo", "docomo.ne.jp", "typo"),
        ("tanaka@hotmial.com", "hotmail.com", "typo"),
        ("tanaka@outlok.jp", "outlook.jp", "typo"),
        ("x@exmaple.co.jp", "example.co.jp", "typo"),
        ("x@mail.patner-corp.com", "partner-corp.com", "typo"),
        ("x@gmai1.com", "gmail.com", "homograph"),
        ("x@рartner-corp.com", "partner-corp.com", "homograph"),
        ("x@xn--artner-corp-foj.com", "partner-corp.com", "homograph"),
        ("x@partner-cοrp.com", "partner-corp.com", "homograph"),
        ("x@pártner-corp.com", "partner-corp.com", "homograph"),
        ("x@exarnple.co.jp", "example.co.jp", "homograph"),
        ("x@example.c0.jp", "example.co.jp", "homograph"),
    ],
)
def test_a_domain_that_resembles_a_known_one_is_found(address: str, like: str, kind: str) -> None:
    facts = mail(rcpt=["a@other.example", address])
    (finding,) = found("lookalike-domain", facts, known=["partner-corp.com"])
    assert (finding.values["like"], finding.kind, finding.recipients) == (like, kind, 0b10)


@pytest.mark.parametrize(
    "address",
    [
        "a@gmail.com",
        "a@yahoo.co.jp",
        "a@yahoo.com",
        "a@yahoo.fr",
        "a@partner-corp.com",
        "a@de.partner-corp.com",
        "a@partner-corp.co.jp",
        "a@partner-corp.de",
        "a@mail.com",
        "a@cloud.com",
        "a@gmx.de",
        "a@ocn.ne.jp",
        "a@ibm.com",
        "a@kddi.com",
        "a@example.com",
        "a@example.go.jp",
        "a@partner-corp2.com",
        "a@softbank.jp",
        "a@gmobile.example",
        "a@xn--wgv71a119e.jp",
        "a@[192.0.2.1]",
    ],
)
def test_real_and_regional_domains_are_not(address: str) -> None:
    assert found("lookalike-domain", mail(rcpt=[address]), known=["partner-corp.com"]) == []


def test_one_recipient_beside_several_of_nearly_the_same_domain_is_found() -> None:
    facts = mail(rcpt=["a@customer.co.jp", "b@customer.co.jp", "c@custmer.co.jp"])
    (finding,) = found("lookalike-domain", facts)
    assert (finding.values["like"], finding.recipients) == ("customer.co.jp", 0b100)


def test_another_word_of_one_length_is_another_name() -> None:
    known = ["yamada-kogyo.co.jp"]
    assert found("lookalike-domain", mail(rcpt=["a@yamato-kogyo.co.jp"]), known=known) == []
    assert found("lookalike-domain", mail(rcpt=["a@yamda-kogy.co.jp"]), known=known)


def test_a_domain_may_be_called_genuine() -> None:
    assert not found("lookalike-domain", mail(rcpt=["a@gmai.com"]), genuine=["gmai.com"])


@pytest.mark.parametrize(
    "domain", ["xn--", "xn--a-\x00", "xn--" + "9" * 60 + ".com", "a" * 70_000, "xn--ls8h.example", "..", "\ud800.jp"]
)
def test_no_domain_breaks_it(domain: str) -> None:
    path = f"a@{domain}".encode("utf-8", "replace").decode()
    assert isinstance(found("lookalike-domain", mail(rcpt=[path])), list)
