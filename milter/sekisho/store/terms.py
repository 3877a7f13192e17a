"""The terms of a lock as plain JSON data, and back. What is as usual is not written, so that most locks are short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from sekisho.core.amounts import Duration
from sekisho.core.approval import Role, parse, plain
from sekisho.core.terms import USUAL, Escalation, Preview, Review, Terms

Plain = dict[str, Any]


def terms_to_json(terms: Terms) -> Plain:
    """``{"approval": "manager", "lasts": {"seconds": 86400}, …}``."""
    fields = {name: getattr(terms, name) for name in _FORMS if getattr(terms, name) != getattr(USUAL, name)}
    return {name: _FORMS[name][0](value) for name, value in fields.items()}


def terms_from_json(data: Plain) -> Terms:
    """The inverse of `terms_to_json`; fields that an older version did not write are as usual."""
    return Terms(**{name: _FORMS[name][1](value) for name, value in data.items()})


def _duration_to(value: Duration) -> Plain:
    return {"seconds": value.seconds, **({"business": True} if value.business else {})}


def _duration_from(value: Plain) -> Duration:
    return Duration(value["seconds"], value.get("business", False))


def _delta_to(value: timedelta) -> float:
    return value.total_seconds()


def _delta_from(value: float) -> timedelta:
    return timedelta(seconds=value)


def _review_to(value: Review) -> Plain:
    return {"by": plain(value.by), "within": _duration_to(value.within)}


def _review_from(value: Plain) -> Review:
    return Review(parse(value["by"]), _duration_from(value["within"]))


def _escalation_to(value: Escalation) -> Plain:
    return {"after": _duration_to(value.after), "to": [value.to.kind, value.to.name]}


def _escalation_from(value: Plain) -> Escalation:
    return Escalation(_duration_from(value["after"]), Role(*value["to"]))


def _as_it_is(value: Any) -> Any:
    return value


_FORMS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "approval": (plain, parse),
    "lasts": (_duration_to, _duration_from),
    "until": (time.isoformat, time.fromisoformat),
    "offer": (list, tuple),
    "preview": (lambda value: value.value, Preview),
    "step_up": (_as_it_is, _as_it_is),
    "remember": (_delta_to, _delta_from),
    "approved_for": (_delta_to, _delta_from),
    "review": (_review_to, _review_from),
    "campaign": (_delta_to, _delta_from),
    "notice": (_as_it_is, _as_it_is),
    "escalate": (_escalation_to, _escalation_from),
}
