"""Make the files of this folder with LibreOffice from the three sources in it: ``python3 tests/extract/files/make.py``.

Runs with the system's Python, where LibreOffice's own module ``uno`` is (Debian: libreoffice-writer-nogui,
libreoffice-calc-nogui, libreoffice-impress-nogui, python3-uno). Needed only to make them again.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno

HERE = Path(__file__).resolve().parent
PASSWORD = "secret"
OPEN = {
    "document.fodt": ("doc", "docx", "odt", "rtf", "pdf"),
    "workbook.fods": ("xls", "xlsx", "ods", "html"),
    "slides.fodp": ("ppt", "odp"),
}
CODES = {"utf-8": 76, "cp932": 64, "euc_jp": 69, "iso2022_jp": 72}
"""Encodings of lists, by LibreOffice's numbers."""
LOCKED = {
    "locked.doc": ("swriter", "MS Word 97"),
    "locked.odt": ("swriter", "writer8"),
    "locked.pdf": ("swriter", "writer_pdf_Export"),
    "locked.xls": ("scalc", "MS Excel 97"),
    "locked.ods": ("scalc", "calc8"),
}


def main(target: Path) -> None:
    """Every file."""
    with tempfile.TemporaryDirectory() as folder:
        office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        for source, kinds in OPEN.items():
            for kind in kinds:
                _convert(office, HERE / source, kind, target)
        for code, number in CODES.items():
            _convert(office, HERE / "workbook.fods", f"csv:Text - txt - csv (StarCalc):44,34,{number},1", target)
            (target / "workbook.csv").rename(target / f"{code}.csv")
        slides = target / "slides.ppt"
        (target / "slides.ppt.gz").write_bytes(gzip.compress(slides.read_bytes(), 9, mtime=0))
        slides.unlink()
        _lock_all(office, target)


def _convert(office: list[str], source: Path, kind: str, target: Path) -> None:
    command = [*office, "--convert-to", kind, "--outdir", str(target), str(source)]
    subprocess.run(command, check=True)


def _lock_all(office: list[str], target: Path) -> None:
    """Empty documents behind a password. (LibreOffice writes .ppt and, by this way, .docx and .xlsx without one.)"""
    pipe = f"sekisho{time.time_ns()}"
    server = subprocess.Popen([*office, f"--accept=pipe,name={pipe};urp"])
    try:
        desktop = _desktop(pipe)
        for name, (application, kind) in LOCKED.items():
            document = desktop.loadComponentFromURL(f"private:factory/{application}", "_blank", 0, _set(Hidden=True))
            document.storeToURL((target / name).as_uri(), _set(FilterName=kind, **_lock(name)))
            document.close(True)
        desktop.terminate()
        server.wait(30)
    finally:
        server.kill()


def _lock(name: str) -> dict[str, Any]:
    if not name.endswith(".pdf"):
        return {"Password": PASSWORD}
    data = _set(EncryptFile=True, DocumentOpenPassword=PASSWORD)
    return {"FilterData": uno.Any("[]com.sun.star.beans.PropertyValue", data)}


def _desktop(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(200):
        try:
            there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.2)
        else:
            return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
    raise SystemExit("LibreOffice does not answer")


def _set(**settings: Any) -> tuple[Any, ...]:
    made = []
    for name, value in settings.items():
        one = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE)
