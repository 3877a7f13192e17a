"""Ordinary messages come apart as by the standard library, with names and texts in every usual spelling."""

from __future__ import annotations

import email
import email.message
from email.mime.application import MIMEApplication
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.parts import Structure
from sekisho.mime.reader import MimeReader
from tests.support.wire import transaction_of

READER = MimeReader()
TEXT = "お世話になっております。\n見積書をお送りします。\n"


def structure(message: bytes) -> Structure:
    return READER.structure(transaction_of(message))


def attached(field: str) -> tuple[str, ...]:
    """The names of an attachment with this Content-Disposition."""
    head = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream\n"
    found = structure(head + field.encode("latin-1") + b"\n\nx\n--b--\n")
    return found.parts[0].names


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_a_plain_message_is_its_body(charset: str) -> None:
    message = MIMEText(TEXT, "plain", charset)
    found = structure(message.as_bytes())
    assert [(part.place, part.type, part.attached) for part in found.parts] == [("body", "text/plain", False)]
    assert READER.text(found.parts[0]) == TEXT
    assert found.anomalies == ()
    assert not found.protected


def test_a_message_without_fields_is_a_plain_text() -> None:
    found = structure(b"\n\nhello\n")
    assert [(part.place, part.type) for part in found.parts] == [("body", "text/plain")]
    assert READER.text(found.parts[0]).strip() == "hello"


def ordinary() -> MIMEMultipart:
    """Text, HTML with a picture, two files of one name, a message."""
    alternative = MIMEMultipart("alternative")
    alternative.attach(MIMEText(TEXT, "plain", "iso-2022-jp"))
    related = MIMEMultipart("related")
    related.attach(MIMEText("<p>お世話に</p>", "html", "utf-8"))
    picture = MIMEImage(b"\x89PNG\r\n\x1a\n", "png")
    picture.add_header("Content-ID", "<p>")
    related.attach(picture)
    alternative.attach(related)
    inner = MIMEText("転送します", "plain", "utf-8")
    inner["Subject"] = "社外秘"
    forwarded = email.message.Message()
    forwarded["Content-Type"] = "message/rfc822"
    forwarded.set_payload([inner])
    mixed = MIMEMultipart()
    mixed.attach(alternative)
    for content in (b"one", b"two"):
        part = MIMEApplication(content, "pdf")
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "見積書.pdf"))
        mixed.attach(part)
    mixed.attach(forwarded)
    mixed.preamble = "This is a multi-part message in MIME format."
    return mixed


def test_an_ordinary_message_has_the_expected_places_and_no_anomaly() -> None:
    found = structure(ordinary().as_bytes())
    assert [(part.place, part.type) for part in found.parts] == [
        ("body", "text/plain"),
        ("body(html)", "text/html"),
        ("attachment:unnamed", "image/png"),
        ("attachment:見積書.pdf", "application/pdf"),
        ("attachment:見積書.pdf#2", "application/pdf"),
        ("attachment:message", "message/rfc822"),
        ("attachment:message/header:Subject", "text/plain"),
        ("attachment:message/body", "text/plain"),
    ]
    assert found.anomalies == ()
    assert [READER.text(part) for part in found.parts[-2:]] == ["社外秘", "転送します"]
    assert [part.content.read() for part in found.parts[3:5]] == [b"one", b"two"]


@pytest.mark.parametrize(
    ("fields", "inline"),
    [
        (b"Content-Type: image/png\nContent-ID: <x>", True),
        (b"Content-Type: image/png\nContent-Disposition: inline; filename=logo.png", True),
        (b"Content-Type: image/png\nContent-ID: <x>\nContent-Disposition: attachment; filename=photo.png", False),
        (b"Content-Type: image/png; name=photo.png", False),
        (b"Content-Type: application/pdf\nContent-Disposition: inline; filename=a.pdf", False),
    ],
)
def test_pictures_within_the_text_are_told_from_files(fields: bytes, inline: bool) -> None:
    found = structure(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + fields + b"\n\nx\n--b--\n")
    assert [(part.attached, part.inline) for part in found.parts] == [(True, inline)]


def leaves_of_oracle(message: bytes) -> list[tuple[str, bytes]]:
    parsed = email.message_from_bytes(message)
    return [
        (part.get_content_type(), part.get_payload(decode=True))  # type: ignore[misc]
        for part in parsed.walk()
        if not part.is_multipart()
    ]


_CHARSETS = st.sampled_from(["utf-8", "iso-2022-jp", "shift_jis", "us-ascii"])
_LEAF = st.one_of(
    st.builds(lambda text: MIMEText(text, "plain", "utf-8"), st.text("あいう abc\n", max_size=80)),
    st.builds(lambda text: MIMEText(text, "html", "us-ascii"), st.text("<p>abc\n", max_size=80)),
    st.builds(MIMEApplication, st.binary(max_size=200)),
)


@given(
    st.recursive(
        _LEAF,
        lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda parts: MIMEMultipart(_subparts=parts)),
        max_leaves=8,
    )
)
def test_well_formed_messages_have_the_parts_that_the_standard_library_sees(message: email.message.Message) -> None:
    octets = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"").replace(b"\n", b"\r\n")
    found = structure(octets)
    ours = [(part.type, part.content.read().rstrip(b"\r\n")) for part in found.parts]
    assert ours == [(kind, content.rstrip(b"\r\n")) for kind, content in leaves_of_oracle(octets)]
    assert found.anomalies == ()


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ('Content-Disposition: attachment; filename="a.txt"', ("a.txt",)),
        ("Content-Disposition: attachment; filename=a.txt", ("a.txt",)),
        ("Content-Disposition: attachment; filename*=UTF-8''%E8%A6%8B.txt", ("見.txt",)),
        ("Content-Disposition: attachment; filename*0*=UTF-8''%E8%A6; filename*1*=%8B; filename*2=.txt", ("見.txt",)),
        ("Content-Disposition: attachment; filename*=iso-2022-jp'ja'%1B%24B%38%2B%1B%28B.txt", ("見.txt",)),
        ("Content-Disposition: attachment; filename*=''%8C%A9%90%CF%8F%91.txt", ("見積書.txt",)),
        ("Content-Disposition: attachment; filename*1*=%41; filename*2=.exe", ("A.exe",)),
        ('Content-Disposition: attachment; filename="=?UTF-8?B?6KaL56mN?=.txt"', ("見積.txt",)),
        ('Content-Disposition: attachment;\n filename="=?UTF-8?B?6KaL?=\n =?UTF-8?B?56mN?="', ("見積",)),
        ('=?UTF-8?Q?x?=: y\nContent-Disposition: =?UTF-8?Q?attachment;_filename=3D"x.exe"?=', ("x.exe",)),
        ('Content-Disposition: attachment; filename="C:\\tmp\\a.txt"', ("C:\\tmp\\a.txt", "C:tmpa.txt")),
        ('Content-Disposition: attachment; filename="never closed.txt', ("never closed.txt",)),
        ('Content-Disposition: attachment;;; FILENAME = "a;b.txt"; size=3', ("a;b.txt",)),
        ("Content-Disposition: attachment filename=a.txt", ("a.txt",)),
        ('Content-Disposition: attachment; filename=""', ()),
    ],
)
def test_names_are_found_in_every_spelling(field: str, names: tuple[str, ...]) -> None:
    assert attached(field) == names


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp", "iso2022_jp"])
def test_raw_names_are_decoded(codec: str) -> None:
    raw = "見積ソ表.xlsx".encode(codec).decode("latin-1")
    assert attached(f'Content-Disposition: attachment; filename="{raw}"')[0] == "見積ソ表.xlsx"


def test_all_candidate_names_are_shown_and_different_kinds_are_an_anomaly() -> None:
    field = "Content-Disposition: attachment; filename=a.txt; filename*=UTF-8''e.exe"
    head = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf; name=b.pdf\n"
    found = structure(head + field.encode() + b"\n\nx\n--b--\n")
    assert found.parts[0].names == ("e.exe", "a.txt", "b.pdf")
    assert [anomaly.kind for anomaly in found.anomalies] == ["names-disagree"]


def test_a_name_of_64_kilobytes_keeps_its_extension_only() -> None:
    (name,) = attached(f'Content-Disposition: attachment; filename="{"a" * 65_536}.exe"')
    assert len(name) < 1100
    assert name.endswith(".exe")


def test_the_first_text_is_the_body_although_it_has_a_name() -> None:
    found = structure(b"Content-Type: text/plain; name=body.txt\n\nhello\n")
    assert [(part.place, part.names, part.attached) for part in found.parts] == [("body", ("body.txt",), False)]
    found = structure(b"Content-Type: text/plain; name=list.txt\nContent-Disposition: attachment\n\nhello\n")
    assert [(part.place, part.attached) for part in found.parts] == [("attachment:list.txt", True)]


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: multipart/signed; boundary=b",
        b"Content-Type: multipart/encrypted; boundary=b",
        b"Content-Type: application/pkcs7-mime; name=smime.p7m",
        b"Content-Type: application/octet-stream; name=smime.p7m",
        b"Subject: x\n\n-----BEGIN PGP MESSAGE-----",
        b"Subject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----",
    ],
)
def test_a_message_signed_or_encrypted_as_a_whole_is_protected(head: bytes) -> None:
    assert structure(head + b"\n\n--b\n\nhello\n--b--\n").protected


def test_a_signed_part_alone_does_not_protect_the_message() -> None:
    inner = b"--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\nx\n--c--\n\n--b--\n"
    assert not structure(b"Content-Type: multipart/mixed; boundary=b\n\n" + inner).protected
