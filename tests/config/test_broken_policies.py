"""Every mistake in a policy file is named with line and column, in words that say what to write instead."""

# ruff: noqa: E501  (messages stand here as they are printed)

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.config.load import load
from sekisho.config.problems import ConfigurationError

MAIN = "organization: {domains: [example.com]}\nlists: {partners: [a.example]}\ndictionaries: {projects: [apollo]}\n"
WHEN = "rules:\n  - id: a\n    when: %s\n    then: [hold-header]\n"
THEN = "rules:\n  - id: a\n    when: {recipient: {external: true}}\n    then: %s\n"

FILES = [
    ("", "1:1: this policy file is empty; write `rules: []` for a policy without rules"),
    ("rules:\n", "1:1: must be a list"),
    ("- a\n", "1:1: this policy file is not a mapping with `rules:`"),
    ("rule: []\n", "1:1: unknown key `rule`; did you mean `rules`?"),
    ("rules: {}\n", "1:1: must be a list"),
    (
        "rules: [a]\n",
        "1:9: this must be a mapping with `id`, `description`, `when`, `unless`, `then`, `mode`, `on-error`, `severity`, `message`, `override`",
    ),
    ("rules:\n  - when: {recipient: {external: true}}\n    then: [hold-header]\n", "2:5: `id` is missing"),
    (
        "rules:\n  - id: Big Rule\n    when: {recipient: {external: true}}\n    then: [hold-header]\n",
        "2:9: 'Big Rule' is not a rule's id; write small letters, digits and single hyphens, at most 64",
    ),
    (
        "rules:\n  - id: a\n    when: {recipient: {external: true}}\n    then: [hold-header]\n  - id: a\n    when: {size: 1}\n    then: [hold-header]\n",
        "5:9: a second rule `a` in this file",
    ),
    (
        "mode: enforced\nrules: []\n",
        "1:7: `enforced` is not one of monitor, warn, enforce, off; did you mean `enforce`?",
    ),
    (
        "rules:\n  - id: a\n    when: {recipient: {external: true}}\n\tthen: x\n",
        "4:1: a tab is used for indentation; use blanks",
    ),
]
"""A whole file, and what is said of it."""

CONDITIONS = [
    ("{}", "3:5: a condition is a word with its settings, such as `score: …`"),
    ("external", "3:11: unknown condition `external`"),
    ("[a]", "3:5: a condition is a word with its settings, such as `score: …`"),
    ("{recipent: {external: true}}", "3:12: unknown condition `recipent`; did you mean `recipient`?"),
    ("{recipient: {extrenal: true}}", "3:24: unknown key `extrenal`; did you mean `external`?"),
    (
        "{recipient: external}",
        "3:23: `recipient` must be a mapping with `in`, `not-in`, `domain`, `matches`, `external`, `label`, `free-mail`",
    ),
    ("{recipient: {external: yes}}", "3:34: `yes` must be true or false, without quotes"),
    ("{recipient: {in: partnrs}}", "3:28: unknown list `partnrs`; did you mean `partners`?"),
    ("{recipient: {in: [partners, customers]}}", "3:39: unknown list `customers`; known here: `partners`"),
    (
        "{recipient: {domain: '@a.jp'}}",
        "3:32: '@a.jp' is not an address, a domain, a .domain or a /pattern/; for a whole domain write a.jp",
    ),
    ("{recipient: {matches: 'a('}}", "3:33: not a pattern (RE2 syntax): missing ): a("),
    ("{subject: {dictionary: projcts}}", "3:34: unknown dictionary `projcts`; did you mean `projects`?"),
    ("{subject: {matches: '(?=x)'}}", "3:31: not a pattern (RE2 syntax): invalid perl operator: (?="),
    ("{visible-recipients: {external: true, count: ten}}", "3:56: 'ten' is not a number"),
    ("{visible-recipients: {external: true, count: >= 10}}", "3:56: text that starts with `>` must stand in quotes"),
    (
        "{size: '> 20 apples'}",
        "3:18: '20 apples' is not a size; write a number and its unit, such as 500kB, 20MB, 64KiB",
    ),
    (
        "{finding: mass-visible-recipient}",
        "3:21: unknown finding `mass-visible-recipient`; did you mean `mass-visible-recipients`?",
    ),
    ("{finding: mass-visible-recipients, cuont: 3}", "3:46: unknown key `cuont`; did you mean `count`?"),
    ("{direction: outbond}", "3:23: `outbond` is not one of outbound, inbound, internal; did you mean `outbound`?"),
    (
        "{direction: outbound, size: 3}",
        "3:39: one condition a mapping: here are `direction` and `size`; join them by `all:` or `any:`, each with its own hyphen",
    ),
    ("{all: []}", "3:12: an empty list: write at least one entry, or leave the key out"),
    ("{all: {size: 3}}", "3:12: must be a list"),
    ("{all: [{size: 3}, {sizes: 3}]}", "3:30: unknown condition `sizes`; did you mean `size`?"),
    ("{not: [{size: 3}]}", "3:12: a condition is a word with its settings, such as `score: …`"),
    ("{volume: {recipients: '> 3', within: 1h}}", "3:12: `volume` is not available yet"),
    ("{header: {present: true}}", "3:12: `name` is missing"),
    (
        "{header: {name: 'To:'}}",
        "3:27: 'To:' is not the name of a header field (letters, digits and hyphens, no colon)",
    ),
    ("{time: {weekday: funday}}", "3:28: `funday` is not one of mon, tue, wed, thu, fri, sat, sun"),
    ("{score: high}", "3:19: 'high' is not a number"),
    (
        "{client: {address: 10.0.0.0/33}}",
        "3:30: '10.0.0.0/33' is not an IP address or network; write 192.0.2.7 or 192.0.2.0/24",
    ),
]
"""What stands after ``when:`` in line 3, and what is said of it."""

ACTIONS = [
    ("hld", "4:5: unknown action `hld`; did you mean `hold`?"),
    ("[envelop-only]", "4:12: unknown action `envelop-only`; did you mean `envelope-only`?"),
    ("[]", "4:5: an empty list: write at least one value, or leave the key out"),
    (
        "[{hold: {for: 24}}]",
        "4:25: 24 is not a duration; write a number and its unit, such as 60s, 15m, 24h, 7d or 8 business-hours",
    ),
    ("[{hold: {fro: 24h}}]", "4:20: unknown key `fro`; did you mean `for`?"),
    ("[{hold: {on-expiry: drop}}]", "4:31: `drop` is not one of send, return, escalate, keep"),
    (
        "[{hold: {approval: boss}}]",
        "4:30: 'boss' is not an approver; write one of operator, self, manager, peer, cc-approver, group:NAME or address:A",
    ),
    ("[{hold: {recipients: some}}]", "4:32: `some` is not one of matching, all"),
    ("[{accept: {rules: [nix]}}]", "4:30: unknown rule `nix`; known here: `a`"),
    ("[{add-header: {name: X-A}}]", "4:13: `value` is missing"),
    ("[add-header]", "4:12: `name` is missing"),
    ("[{add-recipient: {who: Boss}}]", "4:34: 'Boss' is not an address such as user@example.com"),
    ("[{notify: everybody}]", "4:21: 'everybody' is not sender, manager, approver, postmaster or an address"),
    (
        '[{reject: {text: "a\\nb"}}]',
        "4:28: the text of an SMTP reply is one line of at most 400 printable ASCII characters",
    ),
    ("[encrypt]", "4:12: `encrypt` is not available yet"),
    ("[split]", "4:12: `split` is not available yet"),
    ("[{hold: {}, stop: {}}]", "4:23: one action a mapping: here are `hold` and `stop`"),
    ("[{envelope-only: {to: nobody}}]", "4:33: 'nobody' is not undisclosed, sender or an address"),
    ("[hold-header]\n    mode: test", "5:11: `test` is not one of monitor, warn, enforce, off"),
    ("[hold-header]\n    on-error: ignore", "5:15: `ignore` is not one of tempfail, match, accept"),
    ("[hold-header]\n    message: {jp: x}", "5:15: unknown key `jp`; known here: `ja`, `en`, `zh`"),
    ("[hold-header]\n    unles: [{size: 1}]", "5:5: unknown key `unles`; did you mean `unless`?"),
    ("[hold-header]\n    override: true", "2:9: `override: true`, but no earlier file has a rule `a`"),
    ("[hold-header]\n    severity: 3", "5:15: `3` is not one of low, medium, high, critical"),
    ("[hold-header]\n    then: [stop]", "5:5: the key `then` is here a second time; the first is in line 4"),
]
"""What stands after ``then:`` in line 4, and what is said of it."""

BROKEN = [*FILES, *((WHEN % text, said) for text, said in CONDITIONS), *((THEN % text, said) for text, said in ACTIONS)]


@pytest.mark.parametrize(("text", "expected"), BROKEN, ids=range(len(BROKEN)))
def test_a_mistake_in_a_policy_is_named(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "sekisho.yaml").write_text(MAIN)
    (tmp_path / "policy.yaml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "sekisho.yaml")
    assert str(caught.value.problems[0]) == f"{tmp_path}/policy.yaml:{expected}"
