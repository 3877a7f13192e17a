"""The sample configuration works as it is, once the organisation's domains are its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from sekisho.config.load import Configuration, load

CONF = Path(__file__).parents[2] / "conf"


def sample(folder: Path) -> Configuration:
    shutil.copytree(CONF, folder, dirs_exist_ok=True)
    main = folder / "sekisho.yaml"
    main.write_text(
        main.read_text().replace("- example.com\n    - .example.com", "- kenshi.example\n    - .kenshi.example")
    )
    return load(main)


def test_it_is_valid_without_a_warning(tmp_path: Path) -> None:
    configuration = sample(tmp_path)
    assert configuration.warnings == ()
    assert "kenshi.example" in configuration.site.domains
    assert "example.com" not in configuration.site.domains


def test_it_has_a_rule_for_each_of_the_three_behaviours(tmp_path: Path) -> None:
    rules = {rule.id: type(rule.actions[0]).__name__ for rule in sample(tmp_path).policy.rules}
    assert rules == {
        "newsletter-without-bcc": "EnvelopeOnly",
        "confidential-to-outside": "Hold",
        "several-organisations": "HoldHeader",
    }


def test_its_lists_and_dictionaries_answer(tmp_path: Path) -> None:
    configuration = sample(tmp_path)
    assert configuration.lists.contains("list-servers", "news", "example.com")
    assert not configuration.lists.contains("partners", "a", "partner.example")
    words = [hit.word for hit in configuration.dictionaries["confidential"].hits("この資料は社外秘です")]
    assert words == ["社外秘"]


def test_policy_files_that_are_put_into_policy_d_count_too(tmp_path: Path) -> None:
    (tmp_path / "policy.d").mkdir()
    (tmp_path / "policy.d" / "10-more.yaml").write_text(
        "rules:\n  - id: more\n    when: {size: '> 1GB'}\n    then: [reject]\n"
    )
    configuration = sample(tmp_path)
    assert [rule.place for rule in configuration.policy.rules][-1] == f"{tmp_path}/policy.d/10-more.yaml:2"


def test_the_three_exemplary_settings_shown_as_defaults_are_the_defaults(tmp_path: Path) -> None:
    shown = sample(tmp_path).settings
    (tmp_path / "sekisho.yaml").write_text("organization: {domains: [kenshi.example]}\n")
    bare = load(tmp_path / "sekisho.yaml").settings if _without_names(tmp_path) else shown
    assert (bare.milter, bare.store, bare.reinject, bare.http, bare.log) == (
        shown.milter,
        shown.store,
        shown.reinject,
        shown.http,
        shown.log,
    )


def _without_names(folder: Path) -> bool:
    """Leave the policy without references to lists, which the bare configuration does not define."""
    (folder / "policy.yaml").write_text("rules: []\n")
    return True
