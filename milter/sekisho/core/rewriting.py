"""What the rules that matched make of a header: the edits for one copy of a message, as a difference. Pure."""

from __future__ import annotations

from sekisho.core.actions import AppendHeader, CopyTo, EnvelopeOnly, HoldHeader
from sekisho.core.decision import Decision
from sekisho.core.edits import Edit
from sekisho.core.facts import VISIBLE, Facts
from sekisho.core.headers import Draft
from sekisho.core.truth import Mask

OUR_FIELDS = "x-sekisho-"
"""Fields of our name that came in are removed, whoever sent them."""


_REWRITING = (EnvelopeOnly, AppendHeader, CopyTo, HoldHeader)

NAMING = (*VISIBLE, "bcc", "resent-bcc")
"""Fields that name recipients, in lower case."""


def bears_our_fields(facts: Facts) -> bool:
    """Whether fields of our name came in."""
    return any(key.startswith(OUR_FIELDS) for key in facts.fields)


def header_edits(facts: Facts, decision: Decision, concerned: Mask, *, marked: bool) -> tuple[Edit, ...]:
    """The difference between the header as it came and as it should leave for the recipients concerned.

    ``marked`` is for the copy that goes now: a hold header would stop a released message a second time.
    """
    wanted = [
        (match.rule, action)
        for match in decision.enforced
        for action in match.rule.actions
        if isinstance(action, _REWRITING) and match.truth.yes & concerned
    ]
    if not wanted and not bears_our_fields(facts):
        return ()
    draft = Draft(facts.transaction.fields)
    draft.remove_prefix(OUR_FIELDS)
    for rule, action in wanted:
        match action:
            case EnvelopeOnly() if not facts.structure.protected:
                hide_recipients(draft, _shown(facts, action))
            case AppendHeader(name, value):
                draft.add(name, value)
            case CopyTo(address, visible=True):
                draft.add("Cc", address)
            case HoldHeader(name, value) if marked:
                draft.add(name or "X-Sekisho-Hold", value or rule.id)
    return draft.difference()


def hide_recipients(draft: Draft, shown: str = EnvelopeOnly().to) -> None:
    """Remove every instance of the recipient fields, Bcc too, and leave one To that says ``shown`` (RFC 5322 3.6.3)."""
    draft.remove([key for key in NAMING if key != "to"])
    draft.set_only("To", shown)


def _shown(facts: Facts, action: EnvelopeOnly) -> str:
    kept = [box.address for box in facts.visible if box.domain in facts.site.domains] if action.keep_internal else []
    if kept:
        return ", ".join(kept)
    if action.to == "sender":
        author = facts.authors[0].address if facts.authors else facts.transaction.sender.address
        return author or EnvelopeOnly().to
    return action.to
