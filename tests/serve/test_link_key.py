"""The key of links: made once, for us alone, and the same for all who share it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sekisho.config.load import load
from sekisho.serve.link_key import links_of, make_link_key

SITE = """\
organization: {domains: [example.co.jp]}
store: {url: "sqlite:///s.db", content: content}
http: {base-url: "https://check.example.co.jp/x"}
policy: [policy.yaml]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text("rules: []\n")
    path = tmp_path / "sekisho.yaml"
    path.write_text(SITE)
    return path


def test_the_key_is_made_where_it_is_absent_and_only_we_can_read_it(config: Path, tmp_path: Path) -> None:
    settings = load(config).settings
    assert links_of(settings) is not None
    key = tmp_path / "link.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    assert len(before.strip()) == 64
    assert links_of(settings) is not None
    assert key.read_text() == before
    assert [file.name for file in tmp_path.glob("link.key*")] == ["link.key"]


def test_of_many_who_make_it_at_once_one_does(tmp_path: Path) -> None:
    file = tmp_path / "link.key"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: make_link_key(file), range(32)))
    assert len(file.read_text().strip()) == 64
    assert [one.name for one in tmp_path.iterdir()] == ["link.key"]


def test_a_short_key_is_refused(config: Path, tmp_path: Path) -> None:
    (tmp_path / "link.key").write_text("short\n")
    with pytest.raises(ValueError, match="32 characters or more"):
        links_of(load(config).settings)


def test_without_an_address_there_are_no_links_and_no_key(config: Path, tmp_path: Path) -> None:
    config.write_text(SITE.replace('http: {base-url: "https://check.example.co.jp/x"}\n', ""))
    assert links_of(load(config).settings) is None
    assert not (tmp_path / "link.key").exists()
