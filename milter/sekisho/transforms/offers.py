"""What a message allows of the fixes that its rules offer: looked at once, when it is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sekisho.core.content import Content
from sekisho.core.edits import Edit
from sekisho.core.headers import Draft, apply
from sekisho.core.message import Field
from sekisho.core.offers import DROP_ATTACHMENT, ENVELOPE_ONLY, FIXES, NOTHING, Offers
from sekisho.core.rewriting import NAMING, hide_recipients
from sekisho.mime.structure import structure_of_octets
from sekisho.transforms.attachments import attachments


def offers_of(fields: Sequence[Field], edits: Sequence[Edit], body: Content, wanted: Collection[str]) -> Offers:
    """What can be done of what is wanted; ``edits`` are those that the policy makes anyway."""
    if FIXES.isdisjoint(wanted):
        return NOTHING
    octets = body.read()
    structure = structure_of_octets(tuple(fields), octets)
    return Offers(
        hide=_hiding(apply(fields, edits)) if ENVELOPE_ONLY in wanted and not structure.protected else (),
        files=attachments(structure, fields, octets) if DROP_ATTACHMENT in wanted else (),
    )


def _hiding(fields: Sequence[Field]) -> tuple[Edit, ...]:
    """The edits that leave no recipient visible; none where there is none."""
    if not any(b"@" in field.value for field in fields if field.key in NAMING):
        return ()
    draft = Draft(fields)
    hide_recipients(draft)
    return draft.difference()
