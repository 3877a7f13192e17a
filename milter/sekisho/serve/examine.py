"""What is wrong around us: the ways by which mail passes unasked, and everything that a release or a notice needs.

`examinations` gives each check as soon as it is made. A check never raises and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from sekisho.config.settings import Settings
from sekisho.serve.postconf import NoPostfix, Postconf, read_postconf


class Level(Enum):
    """How bad it is: fine; to be looked at; mail is lost, stuck or unchecked."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, and what to do where it is not fine."""

    name: str
    level: Level
    message: str


Probe = Callable[[], None]
"""Returns when all is well, raises with a sentence when it is not."""


def examinations(
    settings: Settings, probes: dict[str, Probe], why_no_mail: Callable[[str], str], postfix: str
) -> Iterator[Check]:
    """Every check. ``postfix`` is the MTA's configuration directory; empty for the system's."""
    for name, probe in probes.items():
        yield _probed(name, probe)
    try:
        yield from postfix_checks(read_postconf(postfix), settings)
    except NoPostfix as error:
        yield Check("postfix", Level.WARNING, f"not looked at: {error}")
    yield from _domains(settings, why_no_mail)


def postfix_checks(found: Postconf, settings: Settings) -> Iterator[Check]:
    """Everything in Postfix's configuration by which mail passes unasked."""
    yield _default_action(found.parameters["milter_default_action"])
    yield _asked("smtpd_milters", found.parameters["smtpd_milters"], settings, Level.ERROR)
    yield _asked("non_smtpd_milters", found.parameters["non_smtpd_milters"], settings, Level.WARNING)
    yield from _services(found, settings)
    yield _copies(found, settings)


def _probed(name: str, probe: Probe) -> Check:
    try:
        probe()
    except Exception as error:
        return Check(name, Level.ERROR, str(error) or type(error).__name__)
    return Check(name, Level.OK, "answers")


def _default_action(action: str) -> Check:
    name = "milter_default_action"
    if action in ("tempfail", "reject", "shutdown"):
        return Check(name, Level.OK, action)
    return Check(name, Level.ERROR, f"{action}: while we are down mail passes unchecked; set it to tempfail")


def _asked(name: str, value: str, settings: Settings, otherwise: Level) -> Check:
    if _names_us(value, settings):
        return Check(name, Level.OK, value)
    what = "mail by SMTP" if name == "smtpd_milters" else "mail that is submitted on this machine"
    return Check(name, otherwise, f"{what} passes unasked: add {settings.milter.listen} to {name}")


def _services(found: Postconf, settings: Settings) -> Iterator[Check]:
    """Listeners that do not ask us; the re-injection listener must not."""
    for service, overrides in found.services.items():
        settings_here = {**found.parameters, **overrides}
        asks = _names_us(settings_here["smtpd_milters"], settings)
        asks &= "no_milters" not in settings_here["receive_override_options"]
        port = service.partition("/")[0].rpartition(":")[2]
        if port == str(settings.reinject.port):
            text = "asks us again: released mail would loop; empty its smtpd_milters" if asks else "does not ask us"
            yield Check(f"listener {service}", Level.ERROR if asks else Level.OK, f"re-injection: {text}")
        elif settings_here["smtpd_proxy_filter"]:
            text = "smtpd_proxy_filter: the milter sees such mail begin and then an abort; it passes uninspected"
            yield Check(f"listener {service}", Level.ERROR, text)
        elif not asks and _names_us(found.parameters["smtpd_milters"], settings):
            yield Check(f"listener {service}", Level.WARNING, "does not ask us: what it takes passes unasked")


def _copies(found: Postconf, settings: Settings) -> Check:
    names = [name for name in ("always_bcc", "sender_bcc_maps", "recipient_bcc_maps") if found.parameters[name]]
    if not names or settings.milter.invisible_copies:
        return Check("copies", Level.OK, "none that we do not see" if not names else "holds are whole")
    text = f"{', '.join(names)}: copies that no milter sees leave at once; set milter.invisible-copies: true"
    return Check("copies", Level.ERROR, text)


def _names_us(value: str, settings: Settings) -> bool:
    """Whether a list of milters names our socket; a chrooted Postfix sees its path from its own root."""
    kind, _, place = settings.milter.listen.partition(":")
    if kind in ("inet", "inet6"):
        port = place.partition("@")[0]
        return any(word.rpartition(":")[2] == port or f":{port}@" in word for word in _words(value))
    paths = (word.partition(":")[2] for word in _words(value) if word.startswith(("unix:", "local:")))
    return any(path and place.endswith(path) for path in paths)


def _words(value: str) -> list[str]:
    return value.replace(",", " ").replace("{", " ").replace("}", " ").split()


def _domains(settings: Settings, why_no_mail: Callable[[str], str]) -> Iterator[Check]:
    """Notices need an author to whom an answer can be sent."""
    domain = settings.notices_from.rpartition("@")[2]
    why = why_no_mail(domain)
    text = f"answers to notices would not arrive: {why}" if why else "answers to notices arrive"
    yield Check(f"domain {domain}", Level.WARNING if why else Level.OK, text)
