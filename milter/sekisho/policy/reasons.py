"""The codes of reasons and the values that come with each: what `words` makes sentences of.

Every reason of a condition has ``holds``: ``yes`` (for all recipients), ``some``, ``no`` or ``unknown``; where it is
``some``, ``matching`` names the recipients. Where it is ``unknown``, ``source`` names the sources that were away and
``why`` says why, and the values listed here may be missing. ``test`` is the condition's settings as they were written
(``external: true, not-in: partners``). Lists of names are joined by commas and cut: ``a@b.jp, c@d.jp, … (+3)``.
"""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "any": (),
    "not": (),
    "direction": ("test", "trusted"),
    "client": ("test", "address", "user", "listener"),
    "sender": ("test", "address"),
    "from": ("test", "addresses"),
    "recipient": ("test", "recipients"),
    "every-recipient": ("test", "others"),
    "no-recipient": ("test", "those"),
    "recipients": ("test", "count", "domains"),
    "visible-recipients": ("test", "count", "domains"),
    "header": ("test", "count", "value"),
    "subject": ("test", "where", "evidence"),
    "text": ("test", "where", "evidence"),
    "attachment": ("test", "count", "names"),
    "finding": ("finding", "test", "count", "where"),
    "size": ("test", "size"),
    "time": ("test", "time"),
    "score": ("test", "score"),
    "off": ("rule",),
    "spared": ("rule", "recipients"),
    "unanswered": ("rule", "on-error", "recipients"),
}
"""Values by code. ``all``, ``any``, ``not``, ``spared`` (stopped or exempted by another rule) and ``unanswered`` have
parts; ``trusted`` is yes or no; ``count``, ``domains`` and ``size`` are numbers."""
