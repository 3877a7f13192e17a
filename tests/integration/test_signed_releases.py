"""Released mail passes a DKIM signer after us: the signature is good, and below it are the octets that were held."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from integration import configuration, waiting
from integration.case_language import Case
from integration.client import Client
from integration.daemon import SEKISHO, Daemon
from integration.guard import Guard
from integration.message_octets import apart
from integration.postfix import Postfix, why_not
from integration.signer import Signer, why_no_signer
from integration.sink import Sink

pytestmark = pytest.mark.skipif(bool(why_not() or why_no_signer()), reason=why_not() or why_no_signer())

POLICY = """\
rules:
  - id: held
    when: {recipient: {domain: held.example}}
    then: [hold]
  - id: hidden
    when: {recipient: {domain: hidden.example}}
    then: [hold, {envelope-only: {to: undisclosed}}]
"""
FROM = b"From: =?utf-8?b?5L2Q6Jek?= <sato@example.co.jp>\r\n"
BODIES = {
    "text": b"hello\r\n",
    "empty": b"",
    "dots": b".\r\n..\r\n.dot\r\nlast.\r\n",
    "empty lines at the end": b"x\r\n\r\n\r\n\r\n",
    "8 bits and blanks at line ends": b"\xe3\x81\x82 \t \r\n\xff\xfe\r\n",
    "long lines": b"y" * 3000 + b"\r\n",
    "a file": b"".join(b"%06d some line of a large message\r\n" % number for number in range(10_000)),
}
DATED = b"Message-ID: <%d@client.example>\r\nDate: Sat, 28 Nov 2026 01:00:00 +0900\r\n\r\n"
FOLDED = b"Subject:  two  blanks\r\n\tand a fold\r\nTo: x@held.example\r\n"


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Postfix, Sink, Signer, Path]]:
    with ExitStack() as stack:
        guard = stack.enter_context(Guard())
        home = guard.directory()
        sink = stack.enter_context(Sink())
        signer = Signer(guard)
        postfix = stack.enter_context(Postfix(guard, sink.port, f"unix:{home}/milter.sock", signer=signer.milter))
        (http,) = waiting.free_ports(1)
        case = Case(Path("signed"), "signed", (), policy=POLICY)
        path = configuration.write(home, case, reinject=postfix.ports.reinject, http=http)
        stack.enter_context(Daemon(guard, path, home / "milter.sock", http))
        yield postfix, sink, signer, path


def sekisho(verb: str, path: Path, *arguments: str) -> str:
    """What ``sekisho quarantine`` prints."""
    command = [str(SEKISHO), "quarantine", verb, "-c", str(path), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def released(world: tuple[Postfix, Sink, Signer, Path], recipient: str, message: bytes) -> bytes:
    """The message as it arrives after it was held and let go."""
    postfix, sink, _, path = world
    sink.clear()
    with Client(postfix.ports.public) as client:
        for line in ("EHLO client.example", "MAIL FROM:<sato@example.co.jp>", f"RCPT TO:<{recipient}>"):
            assert client.command(line).ok
        assert client.data(message).ok
    (hold,) = sekisho("list", path, "--quiet", "--recipient", recipient).split()
    sekisho("release", path, hold)
    return waiting.until(lambda: arrived(sink, recipient), "the release arrives")


def arrived(sink: Sink, recipient: str) -> bytes:
    """What came for somebody; empty while nothing did."""
    return next((one.data for one in sink.arrivals if one.recipients[0].address == recipient), b"")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_released_message_is_signed_and_below_the_signature_as_it_was_held(
    world: tuple[Postfix, Sink, Signer, Path], body: bytes, request: pytest.FixtureRequest
) -> None:
    number = list(BODIES).index(request.node.callspec.id)
    message = FROM + FOLDED + DATED % number + body
    signed = released(world, f"r{number}@held.example", message)
    top = [line.name for line in apart(signed).header[:4]]
    assert sorted(top[:3]) == ["DKIM-Signature", "Received", "Received"]
    assert signed.endswith(message)
    assert world[2].verifies(signed)
    assert not world[2].verifies(signed.replace(b"two  blanks", b"two blanks"))


def test_what_policy_edits_is_signed_as_it_leaves(world: tuple[Postfix, Sink, Signer, Path]) -> None:
    message = FROM + b"To: r@hidden.example, other@hidden.example\r\n" + DATED % 100 + b"hello\r\n"
    signed = released(world, "r@hidden.example", message)
    assert b"other@hidden.example" not in signed
    assert world[2].verifies(signed)
