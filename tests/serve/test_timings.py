"""The stages of a judgement add up to it, and are those that the policy really asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sekisho.config.load import load
from sekisho.core.ports import NO_FILES
from sekisho.mime.reader import MimeReader
from sekisho.serve.question import Question
from sekisho.serve.timings import REST, timings

CONF = Path(__file__).parents[2] / "conf"
MAIL = b"From: a@example.com\r\nTo: b@other.example\r\nSubject: hello\r\n\r\nGood morning\r\n"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_the_stages_of_the_sample_policy_are_told_and_add_up() -> None:
    told = timings(load(CONF / "sekisho.yaml"), MimeReader(), Question(MAIL), NOON, NO_FILES, runs=5)
    stages = {row["stage"]: row for row in told["stages"]}
    assert told["runs"] == 5
    assert set(stages) == {
        REST,
        "addresses of the header",
        "texts of the header",
        "structure",
        "text of parts",
        "inspect dictionary-word",
        "inspect mixed-external-domains",
    }
    assert all(row["microseconds"] > 0 for row in told["stages"])
    assert abs(sum(row["first"] for row in told["stages"]) - told["first"]) < len(stages)
    assert [row["microseconds"] for row in told["stages"]] == sorted(
        (row["microseconds"] for row in told["stages"]), reverse=True
    )


def test_codes_of_one_inspector_are_one_stage(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(
        "rules:\n"
        "  - {id: a, when: {finding: attachment-type-mismatch}, then: [hold]}\n"
        "  - {id: b, when: {finding: dangerous-attachment}, then: [hold]}\n"
    )
    (tmp_path / "sekisho.yaml").write_text("organization: {domains: [example.com]}\npolicy: [policy.yaml]\n")
    told = timings(load(tmp_path / "sekisho.yaml"), MimeReader(), Question(MAIL), NOON, NO_FILES, runs=1)
    inspected = [row["stage"] for row in told["stages"] if row["stage"].startswith("inspect")]
    assert inspected == ["inspect dangerous-attachment"]
