"""``sekisho approvals check`` names everybody for whom somebody else would have to be asked."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Site

KATO = "kato@example.co.jp"
HEAD = "address,manager,deputy\n"
WHOLE = (
    f"{HEAD}sato@example.co.jp,suzuki@example.co.jp,\n"
    "suzuki@example.co.jp,kato@example.co.jp,takahashi@example.co.jp\n"
    "takahashi@example.co.jp,suzuki@example.co.jp,\n"
    "kato@example.co.jp,,takahashi@example.co.jp\n"
)


def said(site: Site, people: str, groups: str = "{}", fallback: str = "suzuki@example.co.jp") -> tuple[int, list[str]]:
    (site.home / "people.csv").write_text(people)
    with site.config.open("a") as file:
        file.write(f"approvals: {{people: {{csv: people.csv}}, groups: {groups}, fallback: [{fallback}]}}\n")
    answer = site.run("approvals", "check", "--json")
    assert answer.err == ""
    return answer.code, [" ".join(row.values()).strip() for row in answer.lines]


def test_nothing_is_wrong_where_everybody_has_a_deputy_and_a_manager(site: Site) -> None:
    assert said(site, WHOLE, "{legal: [kato@example.co.jp]}") == (0, [])
    assert site.run("approvals", "check").out == "everybody who approves has a deputy, and everybody a manager\n"


@pytest.mark.parametrize(
    ("people", "groups", "fallback", "problem"),
    [
        (WHOLE, "{}", "", "no-fallback"),
        (WHOLE, "{legal: []}", "suzuki@example.co.jp", "empty-group legal"),
        (WHOLE, "{legal: [ito@example.co.jp]}", "suzuki@example.co.jp", "no-deputy ito@example.co.jp"),
        (f"{WHOLE}mori@example.co.jp,,{KATO}\n", "{}", "kato@example.co.jp", "no-manager mori@example.co.jp"),
    ],
)
def test_what_is_missing_is_named(site: Site, people: str, groups: str, fallback: str, problem: str) -> None:
    assert said(site, people, groups, fallback) == (69, [problem])


def test_strangers_and_rings_are_named(site: Site) -> None:
    ring = f"{HEAD}a@example.co.jp,b@example.co.jp,b@example.co.jp\nb@example.co.jp,x@law.example,a@example.co.jp\n"
    assert said(site, ring, "{}", "a@example.co.jp") == (
        69,
        [
            "external x@law.example",
            "deputy-loop a@example.co.jp",
            "deputy-loop b@example.co.jp",
            "no-deputy x@law.example",
        ],
    )


def test_a_directory_that_is_away_is_said(site: Site) -> None:
    with site.config.open("a") as file:
        file.write('approvals: {people: {sql: "sqlite:///nowhere.db", query: SELECT address FROM staff}}\n')
    answer = site.run("approvals", "check")
    assert (answer.code, "cannot be looked at now" in answer.err) == (75, True)
