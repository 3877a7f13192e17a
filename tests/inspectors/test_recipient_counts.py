"""mass-visible-recipients and mixed-external-domains."""

from __future__ import annotations

import pytest

from tests.support.mail import found, mail


def addresses(count: int, domain: str = "partner.example") -> str:
    return ", ".join(f"u{number}@{domain}" for number in range(count))


def test_ten_visible_outside_addresses_are_found_with_counts() -> None:
    facts = mail(to=addresses(6), cc=addresses(4, "mail.other.co.jp") + ", boss@example.co.jp")
    (finding,) = found("mass-visible-recipients", facts)
    assert finding.count == 10
    assert finding.values == {"addresses": 10, "domains": 2, "internal": 1}
    assert finding.where == "header:To"
    assert finding.recipients == facts.external != facts.everyone


@pytest.mark.parametrize(
    ("to", "cc"),
    [
        (addresses(9), ""),
        (addresses(30, "example.co.jp"), "a@partner.example"),
        (addresses(9), addresses(9)),
        ("undisclosed-recipients:;", ""),
    ],
)
def test_nine_colleagues_and_repeated_addresses_are_not(to: str, cc: str) -> None:
    assert found("mass-visible-recipients", mail(to=to, cc=cc)) == []


def test_the_header_counts_even_where_this_copy_goes_to_one_outsider() -> None:
    assert found("mass-visible-recipients", mail(to=addresses(12), rcpt=["u3@partner.example"]))
    assert not found("mass-visible-recipients", mail(to=addresses(12), rcpt=["boss@example.co.jp"]))


def test_the_number_can_be_set() -> None:
    assert found("mass-visible-recipients", mail(to=addresses(3)), addresses=3)


def test_outsiders_of_two_organisations_are_found_by_name() -> None:
    (finding,) = found("mixed-external-domains", mail(to="a@mail.one.co.jp, b@one.co.jp, c@two.co.jp"))
    assert finding.values == {"domains": 2, "names": "one.co.jp, two.co.jp", "addresses": 3}


@pytest.mark.parametrize("to", ["a@x.one.co.jp, b@y.one.co.jp", "a@one.example, b@example.co.jp", "a@one.example"])
def test_sub_domains_and_colleagues_are_no_second_organisation(to: str) -> None:
    assert found("mixed-external-domains", mail(to=to)) == []


def test_an_organisation_may_own_several_domains() -> None:
    facts = mail(to="a@one.co.jp, b@sub.one-group.com")
    assert found("mixed-external-domains", facts)
    assert not found("mixed-external-domains", facts, same_organization=[["one.co.jp", "one-group.com"]])
