"""Re-injection: one message within a session, with its envelope as it was, octet for octet (RFC 5321).

Given the paths as they came, the message in pieces and its size; gives one `Outcome` for each forward-path, in order.
What is not answered is *delayed*.

Parameters go along where the listener offers their extension: BODY (RFC 6152), SMTPUTF8 (RFC 6531), RET, ENVID, NOTIFY
and ORCPT (RFC 3461). SIZE (RFC 1870) is that of the message now; AUTH belongs to the session that is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from sekisho.core.message import Path
from sekisho.quarantine.smtp_connection import Broken, Connection, Reply
from sekisho.quarantine.smtp_data import END_MARK, data_octets

Extensions = frozenset[str]
"""What EHLO offers: keywords in upper case."""

_NEEDS = {
    "BODY": "8BITMIME",
    "SMTPUTF8": "SMTPUTF8",
    "RET": "DSN",
    "ENVID": "DSN",
    "NOTIFY": "DSN",
    "ORCPT": "DSN",
}
"""The extension that must be offered for a parameter to be sent; others are left out."""

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_WITH_BLANKS = re.compile(rb'<(?:[^"\\<> ]|"(?:[^"\\]|\\.)*")*>')
_UNFIT = Reply(553, ("5.1.3 The address cannot be written as an SMTP command",))
_NO_UTF8 = Reply(553, ("5.6.7 The message needs SMTPUTF8, which the re-injection listener does not offer",))


class Kind(Enum):
    """What became of one recipient."""

    ACCEPTED = "accepted"
    DELAYED = "delayed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one forward-path."""

    path: Path
    kind: Kind
    code: int
    """SMTP reply code; 0 where the connection failed."""
    text: str
    """The reply without its code, or what went wrong."""
    uncertain: bool = False
    """The final dot was sent and its reply never came: the listener may have the message."""


class Attempt:
    """One pass through the commands; collects an answer for each recipient, the first of which counts."""

    def __init__(self, sender: Path, recipients: Sequence[Path], size: int) -> None:
        self._sender = sender
        self._recipients = recipients
        self._size = size
        self._answers: dict[int, tuple[Kind, Reply]] = {}
        self._dot_sent = False
        self._cut_short = False

    def outcomes(self) -> tuple[Outcome, ...]:
        """One for each recipient, once all have their answer."""
        return tuple(self._outcome(index, path) for index, path in enumerate(self._recipients))

    def _outcome(self, index: int, path: Path) -> Outcome:
        kind, reply = self._answers[index]
        return Outcome(path, kind, reply.code, reply.text, uncertain=self._dot_sent and reply.code == 0)

    def answer_rest(self, kind: Kind, reply: Reply) -> None:
        """Whoever has no answer yet gets this one."""
        for index in range(len(self._recipients)):
            self._answers.setdefault(index, (kind, reply))

    def run(self, connection: Connection, offered: Extensions, pieces: Iterable[bytes]) -> bool:
        """MAIL to the reply after the final dot; every recipient has an answer then. Raises `Broken`.

        Gives whether the connection can be used for another message, after RSET.
        """
        if not self._mail_taken(connection, offered) or not self._rcpt_taken(connection, offered):
            return True
        return self._data(connection, pieces)

    def _mail_taken(self, connection: Connection, offered: Extensions) -> bool:
        command = _mail_command(self._sender, self._recipients, offered, self._size)
        if isinstance(command, Reply):
            self.answer_rest(Kind.REFUSED, command)
            return False
        reply = connection.command(command)
        if not reply.is_positive:
            self.answer_rest(_negative(reply), reply)
        return reply.is_positive

    def _rcpt_taken(self, connection: Connection, offered: Extensions) -> bool:
        """Offer every recipient; whether any was taken.

        A listener that has taken some and then has enough (452, of old 552: RFC 5321 4.5.3.1.10) is asked no further:
        the rest comes with the next attempt.
        """
        taken = False
        for index, path in enumerate(self._recipients):
            command = _command(b"RCPT TO:", path, _offered(path.params, offered))
            reply = connection.command(command) if isinstance(command, bytes) else command
            if reply.is_positive:
                taken = True
            elif taken and reply.code in {452, 552}:
                self._answers.update((later, (Kind.DELAYED, reply)) for later in range(index, len(self._recipients)))
                break
            else:
                self._answers[index] = (_negative(reply), reply)
        return taken

    def _data(self, connection: Connection, pieces: Iterable[bytes]) -> bool:
        reply = connection.command(b"DATA")
        if reply.code != 354:
            self.answer_rest(_negative(reply), reply)
            return reply.code >= 400
        reply = self._content_reply(connection, pieces)
        self.answer_rest(Kind.ACCEPTED if reply.is_positive else _negative(reply), reply)
        return not self._cut_short

    def _content_reply(self, connection: Connection, pieces: Iterable[bytes]) -> Reply:
        try:
            for octets in data_octets(pieces):
                connection.content(octets)
        except Broken:
            # A server that stops reading may have said why before it hung up.
            self._cut_short = True
            reply = connection.early_reply()
            if reply.is_positive:
                raise
            return reply
        self._dot_sent = True
        connection.content(END_MARK)
        return connection.final_reply()


def _negative(reply: Reply) -> Kind:
    return Kind.REFUSED if reply.is_permanent else Kind.DELAYED


def extensions(reply: Reply) -> Extensions:
    """Keywords of the EHLO reply after its first line (RFC 5321 4.1.1.1)."""
    return frozenset(line.split()[0].upper() for line in reply.lines[1:] if line.strip())


def _mail_command(sender: Path, recipients: Sequence[Path], offered: Extensions, size: int) -> bytes | Reply:
    international = _needs_utf8(sender, recipients)
    if international and "SMTPUTF8" not in offered:
        return _NO_UTF8
    params = _offered(sender.params, offered)
    if international and "SMTPUTF8" not in map(str.upper, params):
        params.append("SMTPUTF8")
    if "SIZE" in offered:
        params.append(f"SIZE={size}")
    return _command(b"MAIL FROM:", sender, params)


def _needs_utf8(sender: Path, recipients: Sequence[Path]) -> bool:
    """Whether the message was marked SMTPUTF8, or is local submission's, which shows no marks, with such a path."""
    if any(param.upper() == "SMTPUTF8" for param in sender.params):
        return True
    if sender.params or sender.raw.startswith(b"<"):
        return False
    return not all(path.raw.isascii() for path in (sender, *recipients))


def _offered(params: Sequence[str], offered: Extensions) -> list[str]:
    """The parameters that the listener understands."""
    kept = [param for param in params if _NEEDS.get(param.partition("=")[0].upper()) in offered]
    # Content goes by DATA, which cannot carry BINARYMIME (RFC 3030 3).
    return ["BODY=8BITMIME" if param.upper() == "BODY=BINARYMIME" else param for param in kept]


def _command(verb: bytes, path: Path, params: Sequence[str]) -> bytes | Reply:
    """A command line; nothing that a path or a parameter holds can become another parameter or command."""
    raw = path.raw if path.raw.startswith(b"<") else b"<" + path.raw + b">"
    words = [param.encode("utf-8", "surrogateescape") for param in params]
    if _CONTROL.search(raw) or (b" " in raw and not _WITH_BLANKS.fullmatch(raw)):
        return _UNFIT
    if any(_CONTROL.search(word) or b" " in word for word in words):
        return _UNFIT
    return verb + b" ".join([raw, *words])
