"""The inspector of docs/guide/inspectors.md works as the page says."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sekisho.inspectors import registry
from sekisho.words import say
from tests.support.mail import mail

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "inspectors.md"


@pytest.fixture
def module() -> ModuleType:
    source = re.search(r"(?s)```python file=our_drawings\.py\n(.*?)```", PAGE.read_text(encoding="utf-8"))
    assert source is not None
    made = ModuleType("our_drawings")
    exec(compile(source[1], "our_drawings.py", "exec"), made.__dict__)
    return made


def test_the_inspector_of_the_guide_is_registered_and_finds(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = SimpleNamespace(name="drawing-number", value="our_drawings", load=lambda: module)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == registry.GROUP else [])
    entry = registry.registered()["drawing-number"]
    assert entry.summary.startswith("drawing-number: ")
    bound = registry.bind({"drawing-number": entry.settings.model_validate({"prefix": "DWG"})})
    facts: Any = mail("DWG-4411 and DW-4411\n> DWG-9999\n", to="a@partner.example, b@example.co.jp")
    (finding,) = bound["drawing-number"](facts)
    assert (finding.where, finding.values, finding.recipients) == ("body:1", {"number": "DWG-4411"}, 0b01)
    assert say.finding(finding, "en").startswith("drawing-number in line 1 of the text")
