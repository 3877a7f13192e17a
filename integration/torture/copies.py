"""Copies of messages as recipients got them, and what their trace fields say of their way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from integration.message_octets import apart, without_trace
from integration.sink import Arrival
from integration.torture.mail import Mail

_POSTFIX = re.compile(rb"Received: [^\r]*(?:\r\n[ \t][^\r]*)*?\(Postfix\) with E?SMTP\w* id (\w+)")
_OURS = re.compile(rb"Received: [^\r]*(?:\r\n[ \t][^\r]*)*?\(Sekisho\) with \w+ id ([\w-]+)")
_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Copy:
    """What one recipient got once."""

    address: str
    queue_id: str
    """Postfix's, of the transaction by which this copy came in last."""
    hold: str
    """The hold that it was in; empty for a copy that never waited."""
    data: bytes

    @property
    def taken(self) -> float:
        """When Postfix took it, seconds since 1970 (a long queue-id begins with that: postconf(5))."""
        return _number(self.queue_id[:6]) + _number(self.queue_id[6:10]) / 1e6

    def is_as_sent(self, mail: Mail) -> bool:
        """Whether below its trace it is octet for octet what was sent, but for what policy hides."""
        below = without_trace(self.data, 2 if self.hold else 1)
        if below is None or not mail.hidden:
            return below == mail.octets
        got, sent = apart(below), apart(mail.octets)
        others = [[line.octets for line in one.header if line.name.lower() != "to"] for one in (got, sent)]
        shown = [line.value for line in got.fields("to")]
        return others[0] == others[1] and got.body == sent.body and shown == ["undisclosed-recipients:;"]


def copies(arrivals: Iterable[Arrival]) -> list[Copy]:
    """One for each recipient of each arrival."""
    return [copy for arrival in arrivals for copy in _of(arrival)]


def _of(arrival: Arrival) -> Iterable[Copy]:
    postfix = _POSTFIX.match(arrival.data)
    ours = _OURS.match(arrival.data, _end_of_first_field(arrival.data))
    for recipient in arrival.recipients:
        yield Copy(
            recipient.address, postfix[1].decode() if postfix else "", ours[1].decode() if ours else "", arrival.data
        )


def _end_of_first_field(data: bytes) -> int:
    found = re.match(rb"[^\r]*(?:\r\n[ \t][^\r]*)*\r\n", data)
    return found.end() if found else 0


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 52 + _DIGITS.index(digit)
    return value
