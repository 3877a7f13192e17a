"""All that readers import or load on first use, loaded beforehand: behind the sandbox's walls no file can be opened."""

from __future__ import annotations

import codecs
import encodings.aliases
import io
import tarfile
import zipfile
from contextlib import suppress

from sekisho.extract import foreign, pdf
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file

_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1"
    b"/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 26>>stream\nBT /F 9 Tf (warm) Tj ET  \nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


_LHA = b"\x1bk-lh0-\1\0\0\0\1\0\0\0\0\0!Z \0\5w.txt@&w\0"


def warm_up() -> None:
    """Load every codec and library, and read a small file of the kinds that load more."""
    for name in sorted(set(encodings.aliases.aliases.values())):
        with suppress(LookupError):
            codecs.lookup(name)
    foreign.library()
    pdf.without_system_fonts()
    for sample in (_PDF, _LHA, _archive(), _mail()):
        open_file(sample, ("warm",), Limits(), lambda: 0.0)


def _archive() -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.rtf", "{\\rtf1 warm}")
        archive.writestr("a.tar", _tape())
    return octets.getvalue()


def _tape() -> bytes:
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("warm"))
    return octets.getvalue()


def _mail() -> bytes:
    return b"MIME-Version: 1.0\nSubject: =?iso-2022-jp?b?GyRCNFgbKEI=?=\nContent-Type: text/html\n\n<p>warm"
