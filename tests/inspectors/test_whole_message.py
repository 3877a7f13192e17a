"""header-anomaly, protected-message, large-message and unusual-time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sekisho.core.parts import Anomaly
from tests.support.mail import found, mail


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Content-Type"])
def test_a_field_that_may_stand_once_and_stands_twice_is_found(name: str) -> None:
    facts = mail(fields=[(name, "a@one.example"), (name.upper(), "b@two.example")])
    findings = [finding for finding in found("header-anomaly", facts) if finding.values["field"] == name]
    assert [(finding.kind, finding.where) for finding in findings] == [("repeated-field", f"header:{name}")]


def test_ambiguous_addresses_and_structures_are_found() -> None:
    anomalies = [Anomaly("two-boundaries", "body", "x"), Anomaly("two-boundaries", "body", "x")]
    facts = mail(anomalies=anomalies, ambiguous=True)
    assert [(finding.kind, finding.where) for finding in found("header-anomaly", facts)] == [
        ("ambiguous-address", "header:From"),
        ("ambiguous-address", "header:To"),
        ("two-boundaries", "body"),
    ]


def test_many_anomalies_stay_few_findings() -> None:
    several = [Anomaly("x", f"part:{number}", "seen") for number in range(1, 10_001)]
    facts = mail(anomalies=[*several, *several, *(Anomaly(f"k{number}", "body") for number in range(100))])
    first, second, *others = found("header-anomaly", facts)
    assert (first.kind, first.where, first.count, first.evidence) == ("x", "part:1", 10_000, "seen")
    assert (first.values, second.values, second.count) == ({"more": 9_999}, {}, 1)
    assert len(others) == 48


def test_an_ordinary_header_has_none() -> None:
    assert found("header-anomaly", mail(fields=[("Received", "a"), ("Received", "b"), ("Comments", "x")])) == []


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("multipart/signed; protocol=x", "signed"),
        ("application/pkcs7-mime; smime-type=signed-data", "signed"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "encrypted"),
        ("multipart/encrypted", "encrypted"),
        ("text/plain", ""),
    ],
)
def test_a_protected_message_is_found(declared: str, kind: str) -> None:
    facts = mail(fields=[("Content-Type", declared)], protected=True)
    assert [finding.kind for finding in found("protected-message", facts)] == [kind]
    assert found("protected-message", mail(fields=[("Content-Type", declared)])) == []


def test_a_large_message_is_found_from_its_limit_on() -> None:
    facts = mail(body=b"x" * 50_000)
    (finding,) = found("large-message", facts, size="50kB")
    assert finding.values == {"size": facts.transaction.size, "limit": 50_000}
    assert found("large-message", facts) == []


@pytest.mark.parametrize(
    ("hour", "day", "kinds"),
    [(1, 24, []), (15, 24, ["night"]), (1, 22, ["weekend"]), (16, 20, ["night"]), (12, 24, [])],
)
def test_the_hour_is_the_sites(hour: int, day: int, kinds: list[str]) -> None:
    """Times in UTC; the site is nine hours ahead, and 21 November 2026 is a Saturday."""
    facts = mail(received=datetime(2026, 11, day, hour, 30, tzinfo=UTC), zone=ZoneInfo("Asia/Tokyo"))
    assert [finding.kind for finding in found("unusual-time", facts)] == kinds
