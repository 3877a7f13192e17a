"""A mailing of 300 messages through real Postfix is one hold: one notice, one decision, and every message its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from integration.case_language import read_case
from integration.client import Client
from integration.postfix import why_not
from integration.real import RealWorld
from integration.sink import Arrival
from integration.waiting import until

MEMBERS = 300
CASE = """\
# A mailing is decided once.
policy:
    rules:
      - id: mailings
        when: {recipient: {external: true}}
        then:
          - hold: {approval: self, campaign: 2h}
send:
    MAIL FROM:<news@example.co.jp>
    RCPT TO:<a@one.example>
    | Subject: x
    |
    | x
expect:
    reply 250
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWorld]:
    if missing := why_not():
        pytest.skip(missing)
    file = tmp_path_factory.mktemp("campaign") / "campaign.case"
    file.write_text(CASE)
    with RealWorld() as real:
        real.prepare(read_case(file))
        yield real


def octets(mailing: str, n: int) -> bytes:
    """The n-th message of a mailing, as its client sends it."""
    name = f"reader{n}"
    lines = [
        "From: news@example.co.jp",
        f"To: {name}@one.example",
        f"Subject: {mailing} for {name}, no. {n}",
        f"Message-ID: <{mailing}.{n}@example.co.jp>",
        "",
        f"Dear {name},",
        ".dots, and a last line without a word",
        "",
    ]
    return "\r\n".join(lines).encode()


def post(world: RealWorld, mailing: str, numbers: range) -> None:
    """Hand the messages to Postfix over one connection."""
    with Client(world._postfix.ports.public) as client:
        assert client.command("EHLO client.example").ok
        for n in numbers:
            for command in ("MAIL FROM:<news@example.co.jp>", f"RCPT TO:<reader{n}@one.example>"):
                assert client.command(command).ok
            assert client.data(octets(mailing, n)).ok


def listed(world: RealWorld, *words: str) -> list[dict[str, object]]:
    output = world.sekisho("quarantine", "list", "--json", *words).output
    return [json.loads(line) for line in output.splitlines()]


def told(arrivals: list[Arrival]) -> list[str]:
    """The subjects of what was sent to the sender."""
    mails = (message_from_bytes(one.data, policy=policy.default) for one in arrivals if not one.sender.address)
    return [str(mail["Subject"]) for mail in mails]


def mails(arrivals: list[Arrival], mailing: str) -> dict[str, bytes]:
    """By recipient, what arrived of a mailing; no recipient twice."""
    found: dict[str, bytes] = {}
    for one in arrivals:
        if one.sender.address and f"<{mailing}.".encode() in one.data:
            for recipient in one.recipients:
                assert recipient.address not in found
                found[recipient.address] = one.data
    return found


def test_one_yes_is_for_all_and_each_arrives_octet_for_octet(world: RealWorld) -> None:
    post(world, "Spring", range(MEMBERS))
    (hold,) = listed(world)
    assert hold["members"] == MEMBERS - 1
    notices = world.sink.wait_for(lambda found: bool(told(found)), "the sender is told")
    assert len(told(notices)) == 1
    assert world.sekisho("quarantine", "approve", str(hold["hold_id"]), "--as", "news@example.co.jp").status in (0, 75)
    world.sink.wait_for(lambda found: len(mails(found, "Spring")) == MEMBERS, "all of them", patience=240)
    post(world, "Spring", range(MEMBERS, MEMBERS + 5))
    world.sink.wait_for(lambda found: len(mails(found, "Spring")) == MEMBERS + 5, "those still to come", patience=120)
    for address, data in mails(world.arrivals(), "Spring").items():
        n = int(address.partition("@")[0].removeprefix("reader"))
        assert data.endswith(octets("Spring", n))
    assert len(told(world.arrivals())) == 2
    assert listed(world) == []


def test_one_no_is_for_all_and_nothing_of_it_ever_arrives(world: RealWorld) -> None:
    world.forget()
    post(world, "Autumn", range(MEMBERS))
    (hold,) = listed(world)
    assert world.sekisho("quarantine", "reject", str(hold["hold_id"]), "--reason", "not-allowed").status == 0
    post(world, "Autumn", range(MEMBERS, MEMBERS + 5))
    everything = ("--campaign", str(hold["hold_id"]), "--all")
    until(lambda: {row["state"] for row in listed(world, *everything)} == {"rejected"}, "all are settled", patience=240)
    assert len(listed(world, *everything)) == MEMBERS + 4
    world.settle()
    assert mails(world.arrivals(), "Autumn") == {}
    assert len(told(world.arrivals())) == 2
