"""Changing a policy without fear: the site's own cases, and what a new policy changes, in words."""

from __future__ import annotations

import pytest

from tests.cli.conftest import POLICY, Site

CASES = """\
cases:
  - name: a project's name stops at the border
    message: |
      From: sato@example.co.jp
      To: a@x.example
      Subject: Kaguya

      text
    sender: sato@example.co.jp
    recipients: [a@x.example, in@example.co.jp]
    expect:
      disposition: hold
      recipients: {a@x.example: hold, in@example.co.jp: accept}
      rules: [project-outside]
  - name: a letter passes
    file: letter.eml
    recipients: a@x.example
    at: 2026-11-24T09:00
    expect: {disposition: accept, misses: project-outside}
"""


def test_cases_that_come_out_right(site: Site) -> None:
    (site.home / "cases.yaml").write_text(CASES)
    (site.home / "letter.eml").write_bytes(b"Subject: hello\n\nworld\n")
    answer = site.run("policy", "test", str(site.home / "cases.yaml"), "--json")
    assert answer.code == 0
    assert [one["passed"] for one in answer.lines] == [True, True]


def test_a_case_that_does_not_is_named_with_its_place(site: Site) -> None:
    (site.home / "cases.yaml").write_text(CASES)
    (site.home / "letter.eml").write_bytes(b"Subject: kaguya\n\nworld\n")
    answer = site.run("policy", "test", str(site.home / "cases.yaml"))
    assert answer.code == 65
    assert "FAILED  a letter passes" in answer.out
    assert f"{site.home}/cases.yaml:15" in answer.out
    assert "the disposition is hold, not accept" in answer.out
    assert "1 of 2 cases" in answer.out


@pytest.mark.parametrize(
    ("old", "new", "said", "code"),
    [
        ("expect:\n      disposition: hold", "expect:\n      dispositon: hold", "dispositon", 78),
        ("rules: [project-outside]", "rules: [project-outsid]", "`project-outside`", 78),
        ("letter.eml", "none.eml", "none.eml: cannot be read", 66),
        ("2026-11-24T09:00", "yesterday", "`at`", 65),
    ],
)
def test_a_bad_case_is_a_sentence(site: Site, old: str, new: str, said: str, code: int) -> None:
    (site.home / "cases.yaml").write_text(CASES.replace(old, new))
    (site.home / "letter.eml").write_bytes(b"Subject: hello\n\nworld\n")
    answer = site.run("policy", "test", str(site.home / "cases.yaml"))
    assert (answer.code, said in answer.err) == (code, True), answer.err


def test_diff_says_what_becomes_tighter_and_looser(site: Site) -> None:
    new = site.home / "new.yaml"
    new.write_text(POLICY.replace(">= 3", ">= 30").replace("id: project-outside", "id: other"))
    answer = site.run("check", "--diff", str(site.home / "policy.yaml"), str(new), "--json")
    assert answer.code == 0
    assert {one["rule"]: one["change"] for one in answer.lines} == {
        "other": "added",
        "project-outside": "removed",
        "hidden-crowd": "loosened",
    }
    same = site.run("check", "--diff", str(new), str(new))
    assert "nothing changes" in same.out
