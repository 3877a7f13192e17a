"""The others: the empty pymilter, pyquarantine-milter and rspamd, each as its documentation would have it set up.

They look at no network but loopback: rspamd's modules that ask DNS, Redis or web maps are off ("local rules only"). All
log to a file, as Sekisho does. pyquarantine-milter has one process; nothing in its documentation makes it two.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from integration.bench.contenders import WORKERS, Absent, Contender, Place, Running, start

PYQUARANTINE = "pyquarantine==2.0.4"
_SETTLED = 3.0
"""Seconds without a new compiled pattern after which rspamd has all."""

_OFF = (
    *("rbl", "surbl", "fuzzy_check", "spf", "dmarc", "dkim", "dkim_signing", "arc", "asn", "bimi", "dcc", "p0f"),
    *("mx_check", "phishing", "url_redirector", "rspamd_update", "ratelimit", "greylist", "replies", "neural"),
    *("reputation", "history_redis", "whitelist", "antivirus"),
)
_RSPAMD = """\
.include "$CONFDIR/common.conf"
options {{
    .include "$CONFDIR/options.inc"
    pidfile = "{home}/rspamd.pid";
    dns {{ nameserver = ["127.0.0.1:9"]; }}
    filters = "chartable,regexp";
    control_socket = "{home}/control.sock mode=0600";
}}
logging {{ type = "console"; level = "error"; }}
worker "rspamd_proxy" {{
    bind_socket = "{home}/milter.sock mode=0666";
    milter = yes;
    timeout = 120s;
    count = {workers};
    upstream "local" {{ default = yes; self_scan = yes; }}
}}
"""


def empty(place: Place, *, answering: bool) -> Running:
    """pymilter without a thought of its own."""
    home = place.guard.directory("bench-empty-")
    at = f"unix:{home}/milter.sock"
    script = Path(__file__).with_name("empty_milter.py")
    words: list[str | Path] = [sys.executable, "-I", script, at, str(WORKERS)]
    return start(place, words if answering else [*words, "--no-reply"], at, home / "log")


def pyquarantine(place: Place, *, holding: bool) -> Running:
    """One rule that quarantines: every message, or those with a subject that no message has."""
    home = place.guard.directory("bench-pyq-")
    (home / "store").mkdir()
    at = f"unix:{home}/milter.sock"
    options = {
        "store": {"type": "file", "directory": str(home / "store")},
        "smtp_host": "127.0.0.1",
        "smtp_port": place.mail_port,
        "milter_action": "DISCARD",
    }
    rule: dict[str, object] = {
        "name": "confidential",
        "actions": [{"name": "keep", "type": "quarantine", "options": options}],
    }
    if not holding:
        rule["conditions"] = {"headers": ["^Subject: .*CONFIDENTIAL"]}
    (home / "pyquarantine.conf").write_text(json.dumps({"socket": at, "rules": [rule]}))
    program = _installed(place.cache / "pyquarantine")
    return start(place, [program, "-c", home / "pyquarantine.conf"], at, home / "log")


def _installed(venv: Path) -> Path:
    """pyquarantine-milter in an environment of its own, made at the first use."""
    program = venv / "bin" / "pyquarantine-milter"
    if program.exists():
        return program
    shutil.rmtree(venv, ignore_errors=True)
    pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYQUARANTINE]
    for command in ([sys.executable, "-m", "venv", venv], pip):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Absent(f"{PYQUARANTINE} cannot be installed: {done.stderr.strip()[-300:]}")
    return program


def rspamd(place: Place) -> Running:
    """The milter proxy that scans by itself; its compiled patterns are kept from run to run."""
    program = shutil.which("rspamd")
    if program is None:
        raise Absent("rspamd is not installed (Debian: apt-get install rspamd)")
    compiled = place.cache / "rspamd"
    fresh = not any(compiled.glob("*.hs"))
    compiled.mkdir(exist_ok=True)
    running = _rspamd(place, program, compiled)
    if fresh:
        _wait_for_patterns(compiled)
        place.guard.stop(running.child)
        running = _rspamd(place, program, compiled)
    return running


def _rspamd(place: Place, program: str, compiled: Path) -> Running:
    home = place.guard.directory("bench-rspamd-")
    (home / "local.d").mkdir()
    for module in _OFF:
        (home / "local.d" / f"{module}.conf").write_text("enabled = false;\n")
    (home / "rspamd.conf").write_text(_RSPAMD.format(home=home, workers=WORKERS))
    folders = {"LOCAL_CONFDIR": home, "RUNDIR": home, "LOGDIR": home, "DBDIR": compiled}
    variables = [f"--var={name}={folder}" for name, folder in folders.items()]
    at = f"unix:{home}/milter.sock"
    return start(place, [program, "-f", "-i", "-c", home / "rspamd.conf", *variables], at, home / "log")


def _wait_for_patterns(compiled: Path) -> None:
    """Until the helper process has written no new file for a while."""
    seen, since = -1, time.monotonic()
    while time.monotonic() < since + _SETTLED:
        count = sum(1 for _ in compiled.iterdir())
        if count != seen:
            seen, since = count, time.monotonic()
        time.sleep(0.2)


PEERS: dict[str, Contender] = {
    "empty": partial(empty, answering=True),
    "empty no-reply": partial(empty, answering=False),
    "pyquarantine accept": partial(pyquarantine, holding=False),
    "pyquarantine quarantine": partial(pyquarantine, holding=True),
    "rspamd": rspamd,
}
"""By the names under which they stand in the table."""
