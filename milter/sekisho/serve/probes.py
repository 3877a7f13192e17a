"""Whether store, milter and re-injection listener answer: for ``/readyz`` and the doctor."""

from __future__ import annotations

from collections.abc import Callable

from sekisho.config.settings import Settings
from sekisho.mta.endpoint import parse_endpoint, probe
from sekisho.quarantine.smtp_connection import Listener, Timeouts
from sekisho.quarantine.smtp_sessions import probe as greets
from sekisho.store import Store

_PROBE_SECONDS = 2.0


def probes_of(settings: Settings, store: Store) -> dict[str, Callable[[], None]]:
    """What must answer for mail to be checked, held and released; each raises with a sentence where it does not."""
    return {
        "store": store.check,
        "milter": lambda: _milter_answers(settings),
        "reinject": lambda: _reinject_answers(settings),
    }


def _milter_answers(settings: Settings) -> None:
    if not probe(parse_endpoint(str(settings.milter.listen)), _PROBE_SECONDS):
        raise ConnectionError(f"no milter answers on {settings.milter.listen}")


def _reinject_answers(settings: Settings) -> None:
    wanted = settings.reinject
    seconds = Timeouts(_PROBE_SECONDS, _PROBE_SECONDS, _PROBE_SECONDS, _PROBE_SECONDS)
    if why := greets(Listener(wanted.host, wanted.port, wanted.helo, seconds)):
        raise ConnectionError(f"the re-injection listener {wanted.host}:{wanted.port}: {why}")
