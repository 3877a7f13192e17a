"""The doctor names every way by which mail passes unasked, on what a real postconf says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sekisho.config.load import load
from sekisho.config.settings import Settings
from sekisho.serve.examine import Check, Level, examinations, postfix_checks
from sekisho.serve.postconf import NoPostfix, read_postconf

MAIN = "smtpd_milters = unix:/sekisho/m.sock\nnon_smtpd_milters = $smtpd_milters\nmilter_default_action = tempfail\n"
MASTER = """\
smtp      inet  n - n - - smtpd
127.0.0.1:10026 inet n - n - - smtpd
    -o smtpd_milters=
cleanup   unix  n - n - 0 cleanup
"""

needs_postfix = pytest.mark.skipif(shutil.which("postconf") is None, reason="Postfix is not installed")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "sekisho.yaml"
    file.write_text(
        "organization: {domains: [example.co.jp]}\n"
        "milter: {listen: 'unix:/var/spool/postfix/sekisho/m.sock'}\nreinject: {port: 10026}\n"
    )
    (tmp_path / "policy.yaml").write_text("rules: []\n")
    return load(file).settings


def looked_at(tmp_path: Path, settings: Settings, main: str = MAIN, master: str = MASTER) -> dict[str, Check]:
    folder = tmp_path / "postfix"
    folder.mkdir()
    (folder / "main.cf").write_text(f"compatibility_level = 3.6\n{main}")
    (folder / "master.cf").write_text(master)
    return {check.name: check for check in postfix_checks(read_postconf(str(folder)), settings)}


@needs_postfix
def test_a_good_configuration_is_fine(tmp_path: Path, settings: Settings) -> None:
    found = looked_at(tmp_path, settings)
    assert {check.level for check in found.values()} == {Level.OK}
    assert "listener 127.0.0.1:10026/inet" in found


@needs_postfix
@pytest.mark.parametrize(
    ("main", "master", "name", "level", "said"),
    [
        (MAIN.replace("tempfail", "accept"), MASTER, "milter_default_action", Level.ERROR, "unchecked"),
        (MAIN.replace("m.sock", "other.sock"), MASTER, "smtpd_milters", Level.ERROR, "passes unasked"),
        (MAIN.replace("$smtpd_milters", ""), MASTER, "non_smtpd_milters", Level.WARNING, "on this machine"),
        (MAIN + "always_bcc = a@b.example\n", MASTER, "copies", Level.ERROR, "always_bcc"),
        (
            MAIN,
            MASTER + "587 inet n - n - - smtpd\n  -o receive_override_options=no_milters\n",
            "listener 587/inet",
            Level.WARNING,
            "does not ask us",
        ),
        (
            MAIN,
            MASTER + "587 inet n - n - - smtpd\n  -o smtpd_proxy_filter=127.0.0.1:10025\n",
            "listener 587/inet",
            Level.ERROR,
            "smtpd_proxy_filter",
        ),
        (MAIN, MASTER.replace("    -o smtpd_milters=\n", ""), "listener 127.0.0.1:10026/inet", Level.ERROR, "loop"),
    ],
)
def test_each_way_round_us_is_named(
    tmp_path: Path, settings: Settings, main: str, master: str, name: str, level: Level, said: str
) -> None:
    check = looked_at(tmp_path, settings, main, master)[name]
    assert (check.level, said in check.message) == (level, True), check


@needs_postfix
def test_a_configuration_that_postconf_cannot_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoPostfix, match="none"):
        read_postconf(str(tmp_path / "none"))


def test_probes_and_domains_are_told(settings: Settings, tmp_path: Path) -> None:
    def away() -> None:
        raise ConnectionError("nobody answers")

    probes = {"store": lambda: None, "milter": away}
    found = list(examinations(settings, probes, lambda domain: f"{domain} is gone", str(tmp_path)))
    by_name = {check.name: check for check in found}
    assert by_name["store"].level is Level.OK
    assert by_name["milter"] == Check("milter", Level.ERROR, "nobody answers")
    assert by_name["domain example.co.jp"].level is Level.WARNING
