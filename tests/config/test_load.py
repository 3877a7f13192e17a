"""Whatever is wrong with a configuration is named with file, line and column; everything wrong is named at once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.config.load import Configuration, load
from sekisho.config.problems import ConfigurationError, Severity
from sekisho.core.truth import Truth
from tests.support.messages import make_facts

LEAST = "organization: {domains: [example.com]}\n"
RULES = "rules:\n  - id: a\n    when: {recipient: {external: true}}\n    then: [hold-header]\n"
CONF = Path(__file__).parents[2] / "conf"


def loaded(folder: Path, main: str = LEAST, policy: str = RULES, **files: str) -> Configuration:
    (folder / "sekisho.yaml").write_text(main)
    (folder / "policy.yaml").write_text(policy)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return load(folder / "sekisho.yaml")


def problems(folder: Path, main: str = LEAST, policy: str = RULES, **files: str) -> list[str]:
    """The problems, with the names of files shortened."""
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder, main, policy, **files)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


MAIN: list[tuple[str, str]] = [
    ("milter: {}\n", "1:1: the key `organization` is missing"),
    ("organization: {}\n", "1:1: the key `domains` is missing"),
    ("organization: {domains: []}\n", "1:16: `domains` is empty"),
    (
        f"{LEAST}reinject: {{retry-for: 59m}}\n",
        "2:23: 59m is too short: the listener may be restarted; write at least 1h",
    ),
    ("organization: {domains: example.com}\n", "1:16: `domains` takes a list (`[a, b]`), not the text `example.com`"),
    (
        'organization: {domains: ["@a.jp"]}\n',
        "1:26: '@a.jp' is not an address, a domain, a .domain or a /pattern/; for a whole domain write a.jp",
    ),
    (
        "organization: {domains: [a@example.com]}\n",
        "1:26: 'a@example.com' is not a domain; write example.com, and .example.com for its sub-domains",
    ),
    ("organization: {domains: [a.jp, a.jp]}\n", "1:16: `a.jp` is listed twice"),
    (
        'organization: {domains: ["*.a.jp"]}\n',
        "1:26: '*.a.jp' is not an address, a domain, a .domain or a /pattern/; for sub-domains write .a.jp",
    ),
    (
        "organization: {domains: [a.jp], holidays: {dates: [2026-02-30]}}\n",
        "1:52: '2026-02-30' is not a date; write 2026-12-29, or 12-29 for every year",
    ),
    (
        "organization: {domains: [a.jp], holidays: {file: nix}}\n",
        "1:33: `holidays` cannot be read: nix: there is no such file",
    ),
    (LEAST + "organisation: {}\n", "2:1: unknown key `organisation`; did you mean `organization`?"),
    (LEAST + "milter: {lisen: x}\n", "2:10: unknown key `lisen`; did you mean `listen`?"),
    (
        LEAST + "milter: {listen: /run/s.sock}\n",
        "2:18: '/run/s.sock' is not a milter address; write unix:/run/sekisho/milter.sock or inet:8894@127.0.0.1",
    ),
    (LEAST + "milter: {listen: inet:99999@localhost}\n", "2:18: 99999 is not a port; ports are 1 to 65535"),
    (LEAST + "milter: {mode: 660}\n", '2:16: 660 is not a mode; write three octal digits in quotes, such as "0660"'),
    (
        LEAST + "milter: {mode: 0660}\n",
        '2:16: 0660 has leading zeros: write it in quotes ("0660") if it is text or octal',
    ),
    (LEAST + "milter: {workers: 0}\n", "2:10: `workers` must be at least 1"),
    (LEAST + "milter: {workers: two}\n", "2:10: `workers` takes a whole number, not the text `two`"),
    (
        LEAST + "milter: {invisible-copies: yes}\n",
        "2:10: `invisible-copies` takes true or false, not the text `yes`; write true: in YAML 1.2 `yes` is a word",
    ),
    (
        LEAST + "milter: {on-error: accept}\n",
        "2:20: the daemon never lets mail go because of an error: only tempfail; a rule has its own `on-error`",
    ),
    (LEAST + "milter: off\n", "2:1: `milter` takes a mapping (`key: value`), not the text `off`"),
    (
        LEAST + "milter:\n  workers:2\n",
        "2:1: `milter` takes a mapping (`key: value`), not the text `workers:2`; a blank is missing after the colon",
    ),
    (
        LEAST + "milter: {memory: big}\n",
        "2:18: 'big' is not a size; write a number and its unit, such as 500kB, 20MB, 64KiB",
    ),
    (LEAST + "milter: {group: 12}\n", "2:10: `group` takes text, not the number 12; write it in quotes"),
    (
        LEAST + "store: {url: mysql://x/y}\n",
        "2:14: not a database URL; write sqlite:///PATH or postgresql://USER@HOST/DATABASE",
    ),
    (
        LEAST + 'store: {url: "sqlite:///:memory:"}\n',
        "2:14: the SQLite URL names no file; write sqlite:////var/lib/sekisho/sekisho.db",
    ),
    (
        LEAST + 'store: {url: "postgresql://u:secret@h/d"}\n',
        "2:14: a password does not belong into this file; put it into a file of its own: store.password-file",
    ),
    (
        LEAST + "store: {duplicate-window: 24}\n",
        "2:27: 24 is not a duration; write a number and its unit, such as 60s, 15m, 24h, 7d",
    ),
    (
        LEAST + "store: {duplicate-window: 8 business-hours}\n",
        "2:27: business hours cannot be used here; write a duration such as 24h",
    ),
    (LEAST + "reinject: {port: smtp}\n", "2:12: `port` takes a whole number, not the text `smtp`"),
    (LEAST + "reinject: {port: 70000}\n", "2:12: `port` must be at most 65535"),
    (LEAST + "reinject: {host: a b}\n", "2:18: 'a b' is not a host name or an IP address"),
    (LEAST + "http: {listen: 9464}\n", "2:16: 9464 is not HOST:PORT; write 127.0.0.1:9464 or [::1]:9464"),
    (
        LEAST + "http: {base-url: mail.example}\n",
        "2:18: 'mail.example' is not a web address; write https://mail-check.example.com/",
    ),
    (
        LEAST + "notices: {from: Nobody}\n",
        "2:17: 'Nobody' is not an address; write it as postmaster@example.com",
    ),
    (LEAST + "notices: {language: jp}\n", "2:21: `jp` is not one of en, ja, zh"),
    (LEAST + "log: {level: warn}\n", "2:14: `warn` is not one of debug, info, warning, error; did you mean `warning`?"),
    (
        "organization: {domains: [a.jp], time-zone: Tokyo}\n",
        "1:44: 'Tokyo' is not a time zone; write one as Asia/Tokyo or Europe/Berlin",
    ),
    (
        "organization: {domains: [a.jp], trusted-networks: [10.0.0.1/8]}\n",
        "1:52: '10.0.0.1/8': the address has bits beyond its prefix; write 192.0.2.0/24, 2001:db8::/32 or one address",
    ),
    (
        LEAST + "inspectors: {mass-visible: {}}\n",
        "2:14: unknown key `mass-visible`; did you mean `mass-visible-recipients`?",
    ),
    (
        LEAST + "inspectors: {mass-visible-recipients: {adresses: 3}}\n",
        "2:40: unknown key `adresses`; did you mean `addresses`?",
    ),
    (LEAST + "inspectors: {mass-visible-recipients: {addresses: 1}}\n", "2:40: `addresses` must be at least 2"),
    (LEAST + "lists: {a b: []}\n", "2:9: 'a b' is not a name; write letters, digits, - and _"),
    (
        LEAST + "lists: {partners: [partner example]}\n",
        "2:20: 'partner example' is not an address, a domain, a .domain or a /pattern/",
    ),
    (
        LEAST + "lists: {partners: {fil: x}}\n",
        (
            "2:9: `fil` does not say where the entries are; write them as [a, b], or one of {file: …}, {directory: …}, "
            "{csv: …}, {postfix: …}, {sql: …}, {ldap: …}"
        ),
    ),
    (
        LEAST + "dictionaries: {d: words.txt}\n",
        "2:19: this does not say where the entries are; write them as [a, b], or one of {file: …}, {directory: …}",
    ),
    (
        LEAST + "lists: {p: {postfix: hash}}\n",
        "2:22: 'hash' is not a table; write hash:/etc/postfix/partners, socketmap:unix:PATH:NAME or tcp:HOST:PORT",
    ),
    (LEAST + "lists: {p: {sql: 'sqlite:///x.db'}}\n", "2:9: the key `query` is missing"),
    (LEAST + "lists: {partners: {file: x, sql: y}}\n", "2:29: unknown key `sql`; known here: `file`"),
    (LEAST + 'lists: {p: ["/a(/"]}\n', "2:13: not a pattern (RE2 syntax): missing ): a("),
    (
        LEAST + "lists: {p: {file: nix.txt}}\n",
        "2:9: `p` cannot be read: {folder}/nix.txt: there is no such file",
    ),
    (LEAST + "lists: {p: {csv: /tmp}}\n", "2:9: `p` cannot be read: /tmp: not a regular file"),
    (LEAST + 'dictionaries: {d: [""]}\n', "2:20: an empty word would be found everywhere"),
    (LEAST + "policy: []\n", "2:1: `policy` is empty"),
    (LEAST + "policy: 7\n", "2:1: `policy` takes a list (`[a, b]`), not the number 7"),
    (LEAST + "policy: nix.yaml\n", "2:9: the policy file {folder}/nix.yaml cannot be read: there is no such file"),
    (LEAST + "policy: [sekisho.yaml]\n", "2:10: this file itself cannot be its policy"),
    (
        LEAST + 'policy: [policy.yaml, "poli*.yaml"]\n',
        "2:23: {folder}/policy.yaml is read twice: an entry before this one names it too",
    ),
    ("", "1:1: this file is empty; the least it needs is `organization: {domains: [example.com]}`"),
    (
        "- a\n",
        "1:1: this file is not a mapping of sections; the least it needs is `organization: {domains: [example.com]}`",
    ),
]


@pytest.mark.parametrize(("text", "expected"), MAIN, ids=range(len(MAIN)))
def test_what_is_wrong_in_sekisho_yaml_is_named(tmp_path: Path, text: str, expected: str) -> None:
    found = problems(tmp_path, text)
    assert found[0] == f"sekisho.yaml:{expected.replace('{folder}/', '')}"


def test_a_password_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    pytest.importorskip("bonsai")
    found = problems(tmp_path, LEAST + "lists: {p: {ldap: 'ldap://x', base: y, password-file: nix}}\n")
    assert found[0] == "sekisho.yaml:2:55: nix cannot be read: no such file or directory"


def test_everything_wrong_in_every_file_is_named_at_once(tmp_path: Path) -> None:
    main = "organization: {domains: [], langages: [ja]}\npolicy: [policy.yaml, nix.yaml]\n"
    found = problems(tmp_path, main, "rules:\n  - id: A\n    thn: hold\n")
    assert [one.split(":")[0] for one in found] == ["sekisho.yaml"] * 3 + ["policy.yaml"] * 4


def test_a_bad_entry_of_a_list_is_named_in_the_list_itself(tmp_path: Path) -> None:
    found = problems(tmp_path, LEAST + "lists: {p: {file: p.txt}}\n", p="# partners\nok.example\n  not an entry # x\n")
    assert found == ["p.txt:3:3: 'not an entry' is not an address, a domain, a .domain or a /pattern/"]


def test_sections_without_any_key_have_their_defaults(tmp_path: Path) -> None:
    empty = "".join(f"{name}:\n" for name in ("milter", "store", "http", "lists", "dictionaries", "inspectors", "log"))
    given_, bare = loaded(tmp_path, LEAST + empty).settings, loaded(tmp_path, LEAST).settings
    assert (given_.milter, given_.store, given_.http, given_.log) == (bare.milter, bare.store, bare.http, bare.log)
    assert (given_.lists, given_.dictionaries) == ({}, {})


def test_relative_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    text = LEAST + 'milter: {listen: "unix:run/m.sock"}\nstore: {url: "sqlite:///s.db", content: data/content}\n'
    found = loaded(tmp_path, text).settings
    assert found.milter.listen == f"unix:{tmp_path}/run/m.sock"
    assert found.store.url == f"sqlite:///{tmp_path}/s.db"
    assert found.store.content == tmp_path / "data" / "content"
    assert found.run_folder == tmp_path / "data" / "run"


def test_a_path_given_relative_to_the_working_directory_leads_to_absolute_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(tmp_path, LEAST + "store: {content: data}\n")
    monkeypatch.chdir(tmp_path)
    assert load(Path("sekisho.yaml")).settings.store.content == tmp_path / "data"


def test_the_password_of_the_database_comes_from_a_file_of_its_own(tmp_path: Path) -> None:
    text = LEAST + 'store: {url: "postgresql://sekisho@db/sekisho", password-file: secret.txt}\n'
    found = loaded(tmp_path, text, secret="p@ss/word\n").settings.store
    assert "p@ss" not in repr(found)
    assert found.full_url == "postgresql+psycopg://sekisho:p%40ss%2Fword@db/sekisho"


def test_a_secret_can_be_a_credential_of_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = LEAST + 'store: {url: "postgresql://sekisho@db/sekisho", password-file: "credential:db"}\n'
    assert "there is no credential 'db'" in problems(tmp_path, text)[0]
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "db").write_text("geheim")
    assert loaded(tmp_path, text).settings.store.full_url == "postgresql+psycopg://sekisho:geheim@db/sekisho"


def test_notices_have_authors_and_languages_unless_set(tmp_path: Path) -> None:
    found = loaded(tmp_path, "organization: {domains: [.sub.jp, b.jp], languages: [ja, en]}\n").settings
    assert (found.notices_from, found.postmaster) == ("mail-check@sub.jp", "postmaster@sub.jp")
    assert found.notices_language == "ja"


def test_a_directory_a_pipe_and_a_file_that_is_too_long_are_refused_before_they_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "long").open("wb") as file:
        file.truncate(100_000_000)
    said = {}
    for name in (".", "pipe", "long", "nix"):
        with pytest.raises(ConfigurationError) as caught:
            load(tmp_path / name)
        said[name] = caught.value.problems[0].message
    assert said == {
        ".": "this is a directory; name the file in it",
        "pipe": "this is not a regular file",
        "long": "larger than 10 MB; keep long lists in files of their own",
        "nix": "cannot be read: there is no such file",
    }


def test_holidays_that_are_over_are_pointed_out(tmp_path: Path) -> None:
    text = "organization: {domains: [a.jp], holidays: {dates: [2020-01-01]}}\n"
    found = loaded(tmp_path, text)
    assert [one.message for one in found.warnings] == ["the last of these holidays is over"]
    assert loaded(tmp_path, text.replace("2020-", "")).warnings == ()


def test_free_mail_is_what_its_inspector_says(tmp_path: Path) -> None:
    text = LEAST + "inspectors: {free-mail-recipient: {more: [club.example], exempt: [gmail.com]}}\n"
    rule = "rules: [{id: a, when: {recipient: {free-mail: true}}, then: tempfail}]\n"
    policy = loaded(tmp_path, text, rule).policy
    facts = make_facts([], ["<a@club.example>", "<a@gmail.com>", "<a@qq.com>"])
    assert policy.rules[0].when.truth(facts) == Truth(0b101)


def test_warnings_do_not_stop_a_configuration(tmp_path: Path) -> None:
    rules = "rules:\n  - id: a\n    when: {recipient: {external: true}}\n    then: [hold]\n"
    found = loaded(tmp_path, policy=rules)
    assert [one.severity for one in found.warnings] == [Severity.WARNING]
    assert str(found.warnings[0]).startswith(f"{tmp_path}/policy.yaml:4:12: warning: nobody is named")


PIECES = st.sampled_from(
    [piece for name in ("sekisho.yaml", "policy.yaml") for piece in (CONF / name).read_text().splitlines() if piece]
    + ["", "  ", "- ", "a: [", "{}", "~", "true", "7", '"', "*x", "&x", "\t", ": :", "\x00", "\\", "あ", "rules: 1"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=12), st.integers(0, 40))
def test_no_configuration_makes_loading_fail_in_another_way(
    tmp_path: Path, main: list[str], policy: list[str], indent: int
) -> None:
    shutil.copytree(CONF, tmp_path, dirs_exist_ok=True)
    for name, extra in (("sekisho.yaml", main), ("policy.yaml", policy)):
        lines = (CONF / name).read_text().splitlines()
        at = (indent * 7) % (len(lines) + 1)
        (tmp_path / name).write_text("\n".join([*lines[:at], *extra, *lines[at + len(extra) // 2 :]]))
    try:
        load(tmp_path / "sekisho.yaml")
    except ConfigurationError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.column >= 1 and problem.rendered() for problem in error.problems)
