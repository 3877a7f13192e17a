"""``explain`` shows the message as a tree, down to the sheet of a workbook in an archive."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from tests.cli.conftest import Site
from tests.support import files


def mail(folder: Path) -> str:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "sato@example.co.jp", "a@x.example", "名簿"
    made.set_content("添付します")
    packed = files.zipped({"名簿.xlsx": files.workbook(), "a.bin": bytes(300)})
    made.add_attachment(packed, maintype="application", subtype="zip", filename="送付.zip")
    path = folder / "m.eml"
    path.write_bytes(made.as_bytes())
    return str(path)


def test_each_part_and_each_file_within_has_its_place(site: Site, tmp_path: Path) -> None:
    body, attached = site.run("explain", mail(tmp_path), "--all", "--json").json["parts"]
    assert (body["place"], body["opened"]) == ("body", None)
    place = "attachment:送付.zip"
    assert (attached["place"], attached["type"]) == (place, "application/zip")
    opened = attached["opened"]
    assert [file["place"] for file in opened["files"]] == [f"{place}/名簿.xlsx", f"{place}/a.bin"]
    assert f"{place}/名簿.xlsx/顧客(hidden)" in [text["place"] for text in opened["texts"]]
    assert {"kind": "row", "place": f"{place}/名簿.xlsx/名簿!3", "count": 1} in opened["hidden"]
    assert opened["problems"] == [{"kind": "unknown", "place": f"{place}/a.bin"}]


def test_it_is_printed_line_by_line(site: Site, tmp_path: Path) -> None:
    said = site.run("explain", mail(tmp_path), "--all").out
    assert "attachment:送付.zip/名簿.xlsx/顧客(hidden)  hidden: sheet" in said
    assert "attachment:送付.zip/a.bin  not read: unknown" in said


def test_a_file_that_no_rule_asks_about_is_not_opened(site: Site, tmp_path: Path) -> None:
    (site.home / "policy.yaml").write_text("rules:\n  - {id: a, when: {size: '> 90MB'}, then: [reject]}\n", "utf-8")
    assert [part["opened"] for part in site.run("explain", mail(tmp_path), "--json").json["parts"]] == [None, None]
