"""What the Postfix beside us is configured to do, as `postconf` tells it (postconf(1)).

Given a configuration directory, or none for the system's. Gives its parameters, and those that single services of
master.cf override. Raises `NoPostfix` where there is none to be asked.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

PARAMETERS = (
    "smtpd_milters",
    "non_smtpd_milters",
    "milter_default_action",
    "smtpd_proxy_filter",
    "receive_override_options",
    "always_bcc",
    "sender_bcc_maps",
    "recipient_bcc_maps",
)
_SECONDS = 10


class NoPostfix(Exception):
    """There is no Postfix here, or its configuration cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Postconf:
    """Parameters by name, and overrides by ``service/type`` of master.cf."""

    parameters: Mapping[str, str]
    services: Mapping[str, Mapping[str, str]]


def read_postconf(directory: str = "") -> Postconf:
    """Ask postconf; macros are expanded."""
    overrides: dict[str, dict[str, str]] = {}
    for service in _run(directory, "-M").splitlines():
        name, kind, *rest = service.split()
        if rest[-1:] == ["smtpd"] or "smtpd" in rest[5:6]:
            overrides[f"{name}/{kind}"] = {}
    for line in _run(directory, "-xP").splitlines():
        place, _, value = line.partition("=")
        service, _, parameter = place.strip().rpartition("/")
        if service in overrides:
            overrides[service][parameter] = value.strip()
    return Postconf({name: _run(directory, "-xh", name).strip() for name in PARAMETERS}, overrides)


def _run(directory: str, *arguments: str) -> str:
    if shutil.which("postconf") is None:
        raise NoPostfix("postconf is not installed here")
    words = ["postconf", *(["-c", directory] if directory else []), *arguments]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS, check=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise NoPostfix(error.stderr.strip() or f"postconf ended with {error.returncode}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPostfix(str(error)) from error
    return done.stdout
