"""Sekisho with the policies that are measured; each is a configuration in a folder of its own, with its own store."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from integration import waiting
from integration.bench.contenders import WORKERS, Contender, Place, Running, start
from sekisho.inspectors.registry import codes, registered

COMMAND = Path(sys.executable).with_name("sekisho")
CONF = Path(__file__).parents[2] / "conf"
_ENTRIES = 100_000
_RULES = 1_000
Yaml = dict[str, Any]

ENVELOPE_AND_HEADER: Yaml = {
    "rules": [
        {
            "id": "open-newsletter",
            "when": {"all": [{"direction": "outbound"}, {"visible-recipients": {"external": True, "count": ">= 10"}}]},
            "then": ["envelope-only"],
        },
        {
            "id": "marked-internal",
            "when": {"all": [{"direction": "outbound"}, {"header": {"name": "X-Class", "matches": "^internal"}}]},
            "then": ["hold"],
        },
        {"id": "rival", "when": {"recipient": {"domain": "rival.example"}}, "then": ["hold"]},
        {"id": "draft", "when": {"subject": {"contains": "[draft]"}}, "then": ["hold-header"]},
        {"id": "flood", "when": {"recipients": {"external": True, "count": ">= 100"}}, "then": ["reject"]},
    ]
}  # fmt: skip
"""Policy A: nothing here needs the body."""

HOLD: Yaml = {"rules": [{"id": "outside", "when": {"recipient": {"external": True}}, "then": ["hold"]}]}
HOLD_QUIETLY: Yaml = {
    "rules": [
        {
            "id": "outside",
            "when": {"recipient": {"external": True}},
            "then": [{"hold": {"for": "60s", "on-expiry": "keep"}}],
        }
    ]
}
"""A hold that short is announced to nobody: what the peer does, which tells nobody either."""


def configured(
    place: Place, policy: Yaml | None, *, extra: Yaml | None = None, files: dict[str, str] | None = None,
    listen: str = "unix", lists: Yaml | None = None,
) -> Path:  # fmt: skip
    """Write a configuration; ``policy`` None is the sample of conf/, ``extra`` stands after it. Gives sekisho.yaml."""
    home = place.guard.directory("bench-sekisho-")
    base: Yaml = yaml.safe_load((CONF / "sekisho.yaml").read_text(encoding="utf-8"))
    for name, text in (files or {}).items():
        (home / name).write_text(text, encoding="utf-8")
    policies = [str(CONF / "policy.yaml")] if policy is None else []
    for number, made in enumerate(one for one in (policy, extra) if one is not None):
        (home / f"policy{number}.yaml").write_text(yaml.safe_dump(made, allow_unicode=True), encoding="utf-8")
        policies.append(f"policy{number}.yaml")
    (port,) = waiting.free_ports(1)
    at = f"unix:{home}/milter.sock" if listen == "unix" else f"inet:{port}@127.0.0.1"
    own: Yaml = {
        "milter": {"listen": at, "mode": "0666", "workers": WORKERS},
        "store": {"url": f"sqlite:///{home}/store/sekisho.db", "content": f"{home}/store/content"},
        "reinject": {"host": "127.0.0.1", "port": place.mail_port},
        "http": {"listen": f"127.0.0.1:{waiting.free_ports(1)[0]}"},
        "run-directory": f"{home}/run",
        "lists": {**_absolute(base["lists"]), **(lists or {})},
        "dictionaries": _absolute(base["dictionaries"]),
        "policy": policies,
    }
    (home / "store").mkdir()
    path = home / "sekisho.yaml"
    path.write_text(yaml.safe_dump({**base, **own}, allow_unicode=True), encoding="utf-8")
    return path


def _absolute(sources: Yaml) -> Yaml:
    """The sample's lists with their files named from the root."""
    return {
        name: {**value, "file": str(CONF / value["file"])} if isinstance(value, dict) and "file" in value else value
        for name, value in sources.items()
    }


def serve(place: Place, configuration: Path, *, cores: str = "") -> Running:
    """`sekisho serve`, as an administrator would start it."""
    at = yaml.safe_load(configuration.read_text(encoding="utf-8"))["milter"]["listen"]
    pinned: list[str | Path] = ["taskset", "-c", cores] if cores else []
    return start(place, [*pinned, COMMAND, "serve", "-c", configuration], at, configuration.with_name("log"))


def _policy(place: Place, policy: Yaml | None) -> Running:
    return serve(place, configured(place, policy))


def _inet(place: Place) -> Running:
    return serve(place, configured(place, None, listen="inet"))


def _every_inspector(place: Place) -> Running:
    return serve(place, every_inspector(place))


def every_inspector(place: Place) -> Path:
    """The sample policy, and every inspector asked by a rule that only watches."""
    rules = [
        {"id": f"watch-{code}", "mode": "monitor", "when": {"finding": code}, "then": ["hold"]}
        for code in sorted(codes(registered().values()))
    ]
    return configured(place, None, extra={"rules": rules})


def _many(place: Place, rules: int, entries: int) -> Running:
    """So many rules, every tenth of them about a list of so many addresses."""
    addresses = "".join(f"user{n}@customer{n % 5_000}.example\n" for n in range(entries))
    policy = {"rules": list(_rules(rules))}
    lists = {"customers-of-old": {"file": "addresses.txt"}}
    return serve(place, configured(place, policy, files={"addresses.txt": addresses}, lists=lists))


def _rules(count: int) -> Iterator[Yaml]:
    for n in range(count):
        about: Yaml = {"recipient": {"domain": f"customer{n}.example"}}
        if n % 10 == 0:
            about = {"recipient": {"in": "customers-of-old"}}
        yield {
            "id": f"rule-{n}",
            "when": {"all": [about, {"sender": {"domain": ["example.com", f"branch{n}.example"]}}]},
            "then": [{"add-header": {"name": "X-Customer", "value": str(n)}}],
        }


POLICIES: dict[str, Contender] = {
    "policy A": partial(_policy, policy=ENVELOPE_AND_HEADER),
    "policy B": partial(_policy, policy=None),
    "policy B inet": _inet,
    "policy B+": _every_inspector,
    "policy C": partial(_many, rules=_RULES, entries=_ENTRIES),
    "ten rules": partial(_many, rules=10, entries=10),
    "hold": partial(_policy, policy=HOLD_QUIETLY),
    "hold and notice": partial(_policy, policy=HOLD),
}
"""By the names under which they stand in the table."""
