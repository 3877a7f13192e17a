"""``sekisho check`` and the frame around all verbs: exit codes, places, help."""

from __future__ import annotations

import pytest

from sekisho.cli.main import VERBS, main
from tests.cli.conftest import Site


def test_a_valid_configuration_is_said_to_be(site: Site) -> None:
    answer = site.run("check")
    assert (answer.code, "valid, 2 rules" in answer.out) == (0, True)
    assert site.run("check", "--json").json["valid"] is True


def test_every_error_names_file_line_column_and_key(site: Site) -> None:
    policy = site.home / "policy.yaml"
    policy.write_text("rules:\n  - id: a\n    wenn: {direction: outbound}\n    then: [hold]\n")
    answer = site.run("check")
    assert answer.code == 78
    assert f"{policy}:3:5: " in answer.out
    assert "wenn" in answer.out
    assert "`when`" in answer.out
    problems = site.run("check", "--json").json["problems"]
    assert (str(policy), 3, 5) in [(one["file"], one["line"], one["column"]) for one in problems]


@pytest.mark.parametrize("words", [["serve"], ["quarantine", "list"], ["stats"], ["explain", "x.eml"]])
def test_every_verb_refuses_a_bad_configuration_with_78(site: Site, words: list[str]) -> None:
    site.config.write_text("organisation: {}\n")
    answer = site.run(*words)
    assert answer.code == 78
    assert "organization" in answer.err


def test_a_missing_configuration_is_a_sentence(site: Site) -> None:
    site.config.unlink()
    answer = site.run("check")
    assert answer.code == 78
    assert str(site.config) in answer.out


@pytest.mark.parametrize("words", [[], ["nonsense"], ["quarantine"], ["quarantine", "release"], ["check", "--wat"]])
def test_usage_errors_end_with_64(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 64
    assert "sekisho: " in capsys.readouterr().err


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help_a_config_option_and_json(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert VERBS[verb][1:] in capsys.readouterr().out
