"""Whatever kind of file is given, the command ends with 78 and says where it is wrong and what to do."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Site

RULE = b"rules:\n  - id: a\n    when: {size: 1}\n    then: stop\n"
BOMB = b"rules:\n  - &a [1,1,1,1,1,1,1,1,1,1]\n" + b"".join(
    b"  - &%c [%b]\n" % (one + 1, b",".join([b"*%c" % one] * 10)) for one in range(ord("a"), ord("g"))
)
FILES: dict[str, tuple[bytes, str]] = {
    "tab": (b"rules:\n\t- id: a\n", "policy.yaml:2:1: a tab is used for indentation; use blanks"),
    "duplicate key": (
        RULE + b"    then: stop\n",
        "policy.yaml:5:5: the key `then` is here a second time; the first is in line 4",
    ),
    "bomb": (BOMB, "more than 1000000 values, aliases unfolded; keep long lists in files of their own"),
    "indentation": (RULE.replace(b"    when", b"   when"), "policy.yaml:3:4: wrong indentation"),
    "norway": (
        RULE.replace(b"{size: 1}", b"{recipient: {external: no}}"),
        "policy.yaml:3:34: `no` must be true or false",
    ),
    "octal": (RULE.replace(b"1", b"0660"), "policy.yaml:3:18: 0660 has leading zeros: write it in quotes"),
    "encoding": (RULE.replace(b"1", "社外秘".encode("cp932")), "(it looks like Shift_JIS); save the file as UTF-8"),
    "utf-16": (RULE.decode().encode("utf-16"), "policy.yaml:1:1: this file is UTF-16; save it as UTF-8"),
    "empty": (b"", "policy.yaml:1:1: this policy file is empty; write `rules: []` for a policy without rules"),
    "no mapping": (b"- a\n", "policy.yaml:1:1: this policy file is not a mapping with `rules:`"),
    "octets": (bytes(range(256)), "is not UTF-8; save the file as UTF-8"),
    "circle": (
        RULE.replace(b"{size: 1}", b"{use: b}") + b"blocks: {b: {use: c}, c: {use: b}}\n",
        "blocks use each other in a circle: b uses c uses b",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_policy_that_cannot_be_used_is_78_with_its_place_and_advice(site: Site, kind: str) -> None:
    octets, said = FILES[kind]
    (site.home / "policy.yaml").write_bytes(octets)
    answer = site.run("check")
    assert (answer.code, said in answer.out + answer.err) == (78, True), answer
    assert "internal error" not in answer.err


@pytest.mark.parametrize("octets", [b"\xef\xbb\xbf" + RULE, RULE.replace(b"\n", b"\r\n")], ids=["mark", "crlf"])
def test_a_byte_order_mark_and_foreign_line_ends_are_no_mistakes(site: Site, octets: bytes) -> None:
    (site.home / "policy.yaml").write_bytes(octets)
    assert site.run("check").code == 0


def _folder(policy: Path) -> None:
    policy.mkdir()


def _long(policy: Path) -> None:
    with policy.open("wb") as file:
        file.truncate(100_000_000)


def _circle(policy: Path) -> None:
    policy.symlink_to(policy)


def _itself(policy: Path) -> None:
    policy.symlink_to(policy.with_name("sekisho.yaml"))


def _nothing(policy: Path) -> None:
    """Not there."""


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_folder, "this is a directory; name the file in it"),
        (_long, "larger than 10 MB; keep long lists in files of their own"),
        (_circle, "cannot be read: too many levels of symbolic links"),
        (_itself, "this file itself cannot be its policy"),
        (os.mkfifo, "this is not a regular file"),
        (_nothing, "cannot be read: there is no such file"),
    ],
)
def test_what_is_no_readable_file_is_78_too(site: Site, make: Callable[[Path], None], said: str) -> None:
    policy = site.home / "policy.yaml"
    policy.unlink()
    make(policy)
    answer = site.run("check")
    assert (answer.code, said in answer.out + answer.err) == (78, True), answer


CHECK = """
import contextlib, io, os, sys
from sekisho.cli.main import main
if os.geteuid() == 0:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(["check", "-c", sys.argv[1]])  # imports everything while it can be read
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
sys.exit(main(["check", "-c", sys.argv[1]]))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("name", ["sekisho.yaml", "policy.yaml", "modes.yaml", "partners.txt", "days.txt"])
def test_a_file_without_permission_is_named(open_folder: Path, name: str) -> None:
    """Asked in another process, as nobody, where the tests run as root."""
    texts = {
        "sekisho.yaml": "lists: {p: {file: partners.txt}}\norganization: {domains: [a.jp], holidays: {file: days.txt}}",
        "policy.yaml": RULE.decode(),
        "modes.yaml": "modes: []\n",
        "partners.txt": "b.jp\n",
        "days.txt": "12-29\n",
    }
    for file, text in texts.items():
        (open_folder / file).write_text(text)
        (open_folder / file).chmod(0o644)
    nobody = pwd.getpwnam("nobody").pw_uid
    command = [sys.executable, "-Ic", CHECK, str(open_folder / "sekisho.yaml"), str(nobody)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    (open_folder / name).chmod(0)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert (done.returncode, name in said, "permission denied" in said) == (78, True, True), done
    assert "Traceback" not in said
