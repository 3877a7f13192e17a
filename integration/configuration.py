"""The configuration that all cases share, and a case's own laid over it, written as files that `sekisho -c` reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from integration.case_language import Case
from integration.world import merged

CASES = Path(__file__).with_name("cases")
SECRETS = "PROJECT-KITSUNE\n雷鳥計画\n"
"""The dictionary that stands for all that is nobody else's business."""


PEOPLE = """\
address,name,section,manager,deputy,language,aliases
alice@example.co.jp,Alice,sales,mary@example.co.jp,,en,a.liddell@example.co.jp
peter@example.co.jp,Peter,sales,mary@example.co.jp,,en,
mary@example.co.jp,Mary,board,,dave@example.co.jp,en,
nora@example.co.jp,Nora,stores,anna@example.co.jp,,en,
lena@example.co.jp,Lena,law,mary@example.co.jp,leo@example.co.jp,en,
"""
"""Who works here; Mary leads Alice, and Anna, who is away, leads Nora."""
APPROVALS: dict[str, Any] = {
    "people": {"csv": "people.csv"},
    "groups": {
        "legal": ["lena@example.co.jp", "leo@example.co.jp"],
        "privacy": ["paula@example.co.jp"],
        "nobody": [],
    },
    "fallback": "fiona@example.co.jp",
    "absences": [
        {"address": "anna@example.co.jp", "from": "2020-01-01", "until": "2099-12-31", "deputy": "dave@example.co.jp"}
    ],
}


def key(case: Case) -> str:
    """Equal for cases that can share one daemon."""
    return json.dumps([case.config, case.policy, case.files], sort_keys=True, default=str)


def write(home: Path, case: Case, *, reinject: int, http: int) -> Path:
    """Write the configuration into ``home``; gives the path of sekisho.yaml."""
    base: dict[str, Any] = {
        "organization": {"domains": ["example.co.jp", ".example.co.jp"], "languages": ["en"]},
        "milter": {"listen": f"unix:{home}/milter.sock", "mode": "0666", "workers": 2},
        "store": {"url": f"sqlite:///{home}/store/sekisho.db", "content": f"{home}/store/content"},
        "reinject": {"host": "127.0.0.1", "port": reinject},
        "http": {"listen": f"127.0.0.1:{http}"},
        "approvals": APPROVALS,
        "notices": {"from": "mail-check@example.co.jp"},
        "lists": {"partners": ["partner.example"]},
        "dictionaries": {"secrets": {"file": "lists/secrets.txt"}},
        "policy": ["policy.yaml"],
    }
    files = {"policy.yaml": case.policy or (CASES / "policy.yaml").read_text(encoding="utf-8"), **case.files}
    files.setdefault("lists/secrets.txt", SECRETS)
    files.setdefault("people.csv", PEOPLE)
    (home / "store").mkdir(exist_ok=True)
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    main = home / "sekisho.yaml"
    main.write_text(yaml.safe_dump(merged(base, case.config), allow_unicode=True), encoding="utf-8")
    return main
