"""What the name of a file claims, and the ways in which a name deceives.

Names come from senders, so every trick of Windows and of bidi text is expected: ``invoice.pdf.exe``, ``a.exe .``,
``a.exe::$DATA``, ``exe.fdp`` behind a right-to-left override, NUL in the middle, many blanks before the real end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sekisho.core.folding import INVISIBLE, fold

LONGEST = 1_000
"""Characters of a name that are looked at, from each end."""
_OVERRIDES = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"

_EXECUTABLE = (
    "exe scr com pif cpl msi msp mst dll sys drv ocx xll jar jnlp apk app appx msix gadget application dmg pkg deb rpm"
    " run elf"
)
_SCRIPT = (
    "bat cmd ps1 psm1 psd1 ps1xml vb vbs vbe js jse mjs wsf wsh wsc wsb sct hta msc chm hlp reg inf sh bash csh ksh py"
    " pyw pl rb ahk applescript"
)
_SHORTCUT = (
    "lnk url scf desktop website webloc appref-ms library-ms search-ms searchconnector-ms settingcontent-ms diagcab"
)
_MACRO = "docm dotm xlsm xltm xlam xlsb pptm potm ppsm ppam sldm"
_IMAGE = "iso img vhd vhdx udf"
DANGERS = {
    extension: kind
    for kind, extensions in (
        ("executable", _EXECUTABLE),
        ("script", _SCRIPT),
        ("shortcut", _SHORTCUT),
        ("macro", _MACRO),
        ("disk-image", _IMAGE),
    )
    for extension in extensions.split()
}
"""What a file with this extension does when somebody opens it."""
_DOCUMENTS = "pdf doc docx xls xlsx ppt pptx txt csv jpg jpeg png gif tif tiff htm html rtf zip mp3 mp4 xml eml"
_HARMLESS = frozenset(_DOCUMENTS.split())


def extension(name: str) -> str:
    """The extension as a system would act on it, in lower case; empty where there is none."""
    return _split(name)[1]


def extensions(names: Iterable[str]) -> Iterator[str]:
    """The extensions of every name a part may have."""
    for name in names:
        for reading in _readings(name):
            yield extension(reading)


def trick(name: str) -> str:
    """How a name deceives: ``direction-override``, ``double-extension``, ``hidden-end``; empty for a plain name."""
    if any(char in name for char in _OVERRIDES):
        return "direction-override"
    stem, last = _split(name)
    if last in DANGERS and _split(stem)[1] in _HARMLESS:
        return "double-extension"
    if "\x00" in name or (last in DANGERS and (name != name.rstrip(" .\u3000") or "     " in name or "::$" in name)):
        return "hidden-end"
    return ""


def _readings(name: str) -> Iterator[str]:
    """The name, and what is left of it for a program that stops at NUL."""
    yield name
    if "\x00" in name:
        yield name.partition("\x00")[0]


def _split(name: str) -> tuple[str, str]:
    cut = name if len(name) <= 2 * LONGEST else name[:LONGEST] + name[-LONGEST:]
    plain = fold(cut).text.partition("::$")[0].strip(" .\t\r\n\x00" + INVISIBLE)
    stem, dot, last = plain.rpartition(".")
    return (stem.rstrip(), last.strip()) if dot else (plain, "")
