"""The one table of final replies: verdict, SMTP code, enhanced code (RFC 3463), text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """The final milter reply at end-of-message."""

    ACCEPT = "accept"
    DISCARD = "discard"
    TEMPFAIL = "tempfail"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Reply:
    """A verdict, and for refusals what the client is told."""

    verdict: Verdict
    code: str = ""
    enhanced: str = ""
    text: str = ""


ACCEPT = Reply(Verdict.ACCEPT)
DISCARD = Reply(Verdict.DISCARD)
"""The MTA answers 250 and forgets its copy: ours is committed."""
REFUSED = Reply(Verdict.REJECT, "550", "5.7.1", "This message is not allowed by the sending organisation's policy")
NOT_NOW = Reply(Verdict.TEMPFAIL, "451", "4.7.1", "Message cannot be accepted now by policy, please try again later")
NOT_CHECKED = Reply(Verdict.TEMPFAIL, "451", "4.7.1", "Message could not be checked, please try again later")
NOT_STORED = Reply(Verdict.TEMPFAIL, "451", "4.3.1", "Message could not be stored, please try again later")
LOOP = Reply(Verdict.TEMPFAIL, "451", "4.4.6", "Released message came back: the re-injection listener runs this milter")
