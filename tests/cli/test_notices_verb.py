"""``sekisho notices``: what people will read, in the site's own forms, which `check` looks through."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.core.letters import KINDS
from tests.cli.conftest import Site


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    made = Site(tmp_path, capsys)
    (tmp_path / "forms").mkdir()
    with made.config.open("a") as config:
        config.write("notices: {templates: forms, contact: ext. 77}\n")
    return made


def form(site: Site, name: str, text: str) -> None:
    (site.home / "forms" / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["ja", "en", "zh"])
def test_each_kind_is_shown_in_each_language(site: Site, kind: str, language: str) -> None:
    answer = site.run("notices", "show", kind, "--language", language)
    assert (answer.code, answer.out[:9]) == (0, "Subject: ")


def test_the_site_s_own_form_is_shown_and_listed(site: Site) -> None:
    form(site, "held.ja.txt", "Subject: 確認:{subject}\n\n{do}\n内線は {contact}\n")
    answer = site.run("notices", "show", "held", "--language", "ja")
    assert (answer.code, answer.out.splitlines()[0]) == (0, "Subject: 確認:Quotation")
    assert "内線は ext. 77" in answer.out
    rows = site.run("notices", "list", "--json").lines
    assert [row["kind"] for row in rows if row["own"] == ["ja"]] == ["held"]
    assert "<bdi>内線は ext. 77</bdi>" in site.run("notices", "show", "held", "--language", "ja", "--html").out


@pytest.mark.parametrize(
    ("name", "text", "place", "said"),
    [
        ("held.en.txt", "Subject: x\n\n{do}\n{sendr}\n", "held.en.txt:4:1", "unknown placeholder {sendr}"),
        ("hold.en.txt", "Subject: x\n", "hold.en.txt:1:1", "KIND.LANGUAGE.txt"),
        ("held.fr.txt", "Subject: x\n", "held.fr.txt:1:1", "KIND.LANGUAGE.txt"),
        ("held.txt", "Subject: x\n", "held.txt:1:1", "KIND.LANGUAGE.txt"),
    ],
)
def test_a_form_that_is_wrong_is_refused_with_its_place(
    site: Site, name: str, text: str, place: str, said: str
) -> None:
    form(site, name, text)
    answer = site.run("check")
    assert answer.code == 78
    assert place in answer.out + answer.err
    assert said in answer.out + answer.err


def test_a_folder_that_is_not_there_is_refused(site: Site) -> None:
    (site.home / "forms").rmdir()
    answer = site.run("check")
    assert (answer.code, "cannot be read" in answer.out + answer.err) == (78, True)
