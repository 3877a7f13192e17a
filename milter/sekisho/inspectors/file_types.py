"""Families of media types and extensions: what a file claims to be and what it is are compared by these.

A family is coarse on purpose: a PNG called .jpg harms nobody, an executable called .pdf does. Office files are
containers (ZIP or OLE), so their families overlap.
"""

from __future__ import annotations

_BY_EXTENSION = {
    "pdf": "pdf",
    "zip": "zip docx xlsx pptx odt ods odp docm xlsm pptm dotx xltx potx xlsb jar apk epub xps vsdx kmz",
    "ole": "doc xls ppt msg dot xlt pot vsd mpp pub jtd jaw",
    "image": "jpg jpeg jpe jfif png gif bmp tif tiff webp heic heif ico avif",
    "media": "mp3 mp4 m4a m4v wav avi mov mkv flac ogg webm wmv aac",
    "text": "txt csv tsv log html htm xml json yaml yml md ics vcf css svg sql eml rtf tex ini",
    "archive": "7z rar gz tgz bz2 xz tar lzh lha cab zst",
    "executable": "exe dll scr com sys ocx cpl",
}
_FAMILY = {extension: family for family, extensions in _BY_EXTENSION.items() for extension in extensions.split()}

_EXECUTABLE = frozenset(
    (
        "application/vnd.microsoft.portable-executable",
        "application/x-dosexec",
        "application/x-msdownload",
        "application/x-ms-dos-executable",
        "application/x-executable",
        "application/x-elf",
        "application/x-pie-executable",
        "application/x-sharedlib",
        "application/x-mach-binary",
        "application/x-msdos-program",
        "application/exe",
        "application/x-exe",
        "application/x-winexe",
        "application/java-vm",
        "application/x-msi",
        "application/x-java-applet",
    )
)
_SCRIPT = frozenset(
    (
        "text/x-shellscript",
        "application/x-sh",
        "application/x-shellscript",
        "text/x-python",
        "text/x-perl",
        "text/x-msdos-batch",
        "application/hta",
        "application/x-powershell",
        "application/vnd.ms-htmlhelp",
    )
)
_SHORTCUT = frozenset(("application/x-ms-shortcut", "application/x-mswinurl"))
_DISK_IMAGE = frozenset(
    ("application/x-iso9660-image", "application/x-virtualbox-vhd", "application/x-virtualbox-vhdx")
)
_ZIP = frozenset(
    ("application/zip", "application/x-zip-compressed", "application/epub+zip", "application/java-archive")
)
_ZIP_PREFIXES = ("application/vnd.openxmlformats", "application/vnd.oasis.opendocument")
_OLE = frozenset(
    (
        "application/x-ole-storage",
        "application/cdfv2",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-outlook",
        "application/vnd.ms-office",
        "application/vnd.visio",
        "application/x-msmetafile",
    )
)
_ARCHIVE = frozenset(
    (
        "application/x-7z-compressed",
        "application/x-rar-compressed",
        "application/vnd.rar",
        "application/x-rar",
        "application/gzip",
        "application/x-gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/x-tar",
        "application/x-lzh-compressed",
        "application/vnd.ms-cab-compressed",
        "application/zstd",
    )
)
_PDF = frozenset({"application/pdf"})
_TEXT = frozenset(
    (
        "application/json",
        "application/xml",
        "application/rtf",
        "application/postscript",
        "image/svg+xml",
        "message/rfc822",
    )
)
_NAMED = (
    (_PDF, "pdf"),
    (_TEXT, "text"),
    (_EXECUTABLE, "executable"),
    (_SCRIPT, "script"),
    (_SHORTCUT, "shortcut"),
    (_DISK_IMAGE, "disk-image"),
    (_ZIP, "zip"),
    (_OLE, "ole"),
    (_ARCHIVE, "archive"),
)
_SAME = (
    frozenset(("zip", "ole")),
    frozenset(("ole", "text")),
    frozenset(("text", "script")),
    frozenset(("text", "media")),
)
"""Pairs that are usual: a protected .docx is OLE, an .xls or .doc is often HTML or RTF; a script is text, and a
short text may pass for anything of little structure."""


def family_of_extension(extension: str) -> str:
    """``pdf``, ``zip``, ``ole``, ``image``, ``media``, ``text``, ``archive``, ``executable``; empty when unknown."""
    return _FAMILY.get(extension, "")


def family_of_type(media_type: str) -> str:
    """The same of a media type; empty for ``application/octet-stream`` and what else says nothing."""
    for types, family in _NAMED:
        if media_type in types:
            return family
    if media_type.startswith(_ZIP_PREFIXES) or media_type.endswith("macroenabled.12"):
        return "zip"
    main = media_type.partition("/")[0]
    return {"text": "text", "audio": "media", "video": "media", "image": "image"}.get(main, "")


def contradict(claimed: str, actual: str) -> bool:
    """Whether a file of the family ``claimed`` cannot honestly be of the family ``actual``."""
    return bool(claimed and actual) and claimed != actual and frozenset((claimed, actual)) not in _SAME
