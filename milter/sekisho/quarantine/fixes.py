"""Changing a held message before it leaves, as its rules offer: hide the recipients, leave a file behind. Pure.

What can be done was looked at when the message was kept (`sekisho.core.offers`). A change concerns all who still wait,
so nothing of the hold may be on its way unchanged at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC

from sekisho.core.changes import Change, DropAttachment
from sekisho.core.lifecycle import State
from sekisho.core.offers import DROP_ATTACHMENT, ENVELOPE_ONLY, Attachment, Offers
from sekisho.notices.texts import texts_of
from sekisho.store.rows import HoldRow
from sekisho.transforms.attachments import holding

_UNDER_WAY = frozenset({State.RELEASING, State.DEFERRED})


class NotPossible(Exception):
    """The message does not allow the fix; the text says why."""


def possible(hold: HoldRow, fix: str) -> bool:
    """Whether the fix can be made now."""
    if any(person.state in _UNDER_WAY for person in hold.recipients):
        return False
    return hold.offers.can_hide if fix == ENVELOPE_ONLY else bool(droppable(hold))


def droppable(hold: HoldRow) -> list[Attachment]:
    """The files that can still be left behind."""
    gone = {change.place for change in hold.changes if isinstance(change, DropAttachment)}
    return [file for file in hold.offers.files if not file.stays and file.place not in gone]


def fixed(hold: HoldRow, fix: str, files: Sequence[str], language: str) -> HoldRow:
    """The hold with the change to be made; raises `NotPossible`.

    ``files``: places or names of what stays behind; where empty, the files that its findings concern.
    """
    if any(person.state in _UNDER_WAY for person in hold.recipients):
        raise NotPossible("some of it is already on its way")
    if fix == ENVELOPE_ONLY:
        return hidden(hold)
    chosen = [_file(hold, wanted) for wanted in files] or concerned(hold)
    if not chosen:
        raise NotPossible("its findings concern no file: name the file to be left out")
    for file in chosen:
        hold = left_behind(hold, file.place, _note(file, language))
    return hold


def concerned(hold: HoldRow) -> list[Attachment]:
    """The files in which its findings lie, each once, those that can be left behind."""
    left = droppable(hold)
    found = (holding(hold.offers.files, finding.where) for finding in hold.evidence.findings)
    return list(dict.fromkeys(file for file in found if file in left))


def fixes_of(changes: Iterable[Change]) -> list[str]:
    """The names of the files that stay behind."""
    return [change.name or change.place for change in changes if isinstance(change, DropAttachment)]


def hidden(hold: HoldRow) -> HoldRow:
    """The hold with its recipients hidden from each other; raises `NotPossible`."""
    if not hold.offers.can_hide:
        raise NotPossible("it has no recipients to hide, or it is signed or encrypted")
    return _with(hold, ENVELOPE_ONLY, hold.offers.hide)


def left_behind(hold: HoldRow, place: str, note: str) -> HoldRow:
    """The hold without the file at a place; raises `NotPossible`."""
    file = _file(hold, place)
    if file.stays:
        raise NotPossible(f"{file.name or file.place} must stay: {file.stays}")
    return _with(hold, DROP_ATTACHMENT, [file.dropped(note)])


def _with(hold: HoldRow, fix: str, more: Iterable[Change]) -> HoldRow:
    changes = tuple(dict.fromkeys((*hold.changes, *more))) if fix == DROP_ATTACHMENT else (*hold.changes, *more)
    made = tuple(dict.fromkeys((*hold.offers.made, fix)))
    return replace(hold, changes=changes, offers=Offers(hold.offers.hide, hold.offers.files, made))


def _file(hold: HoldRow, wanted: str) -> Attachment:
    for file in hold.offers.files:
        if wanted in (file.place, file.name):
            return file
    raise NotPossible(f"it has no file {wanted}")


def _note(file: Attachment, language: str) -> str:
    texts = texts_of(language, UTC)
    return texts.say("file-removed", name=file.name) if file.name else texts.say("file-removed.unnamed")
