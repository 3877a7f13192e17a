"""Where a message can be read in two ways both readings are listed, and an anomaly says so; limits hold."""

from __future__ import annotations

import base64
import random

import pytest

from sekisho.core.message import Field
from sekisho.core.parts import Structure
from sekisho.mime.reader import MimeReader
from tests.support.wire import made_of, transaction_of

READER = MimeReader()
SECRET = b"MZ secret"
CODED = base64.b64encode(SECRET)


def structure(message: bytes) -> Structure:
    return READER.structure(transaction_of(message))


def mixed(*parts: bytes, boundary: bytes = b"b", kind: bytes = b"mixed", head: bytes = b"") -> bytes:
    """A multipart message of these parts; ``head`` instead of its own Content-Type."""
    declared = head or b'Content-Type: multipart/%b; boundary="%b"' % (kind, boundary)
    delimited = b"".join(b"--%b\n%b\n" % (boundary, part) for part in parts)
    return b"%b\n\n%b--%b--\n" % (declared, delimited, boundary)


def part(*fields: bytes, content: bytes = SECRET) -> bytes:
    return b"\n".join((*fields, b"", content))


TEXT = part(b"Content-Type: text/plain", content=b"hello")
ATTACHED = b"Content-Disposition: attachment; filename=e.exe"
PLAIN = part(ATTACHED)


def encoded(*fields: bytes, content: bytes = CODED) -> bytes:
    """A message whose attachment has these encoding fields."""
    return mixed(TEXT, part(ATTACHED, *fields, content=content))


def declared(*values: bytes) -> bytes:
    """A message with these Content-Type fields."""
    return mixed(TEXT, PLAIN, head=b"\n".join(b"Content-Type: " + value for value in values))


CTE = b"Content-Transfer-Encoding: "
MIXED_B = b"multipart/mixed; boundary=b"
TWO_RUNS = base64.b64encode(b"MZ") + b"\n" + base64.b64encode(b" secret")
MESSAGE_64 = b"Content-Type: message/rfc822\n" + CTE + b"base64\n\n" + base64.b64encode(b"X: y\n" + mixed(PLAIN))
UTF7 = part(b"Content-Type: text/plain; charset=utf-7", content=b"+MEI-")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (encoded(CTE + b"base64 "), "odd-transfer-encoding"),
        (encoded(CTE + b"base64; x"), "odd-transfer-encoding"),
        (encoded(CTE + b"(x) base64"), "odd-transfer-encoding"),
        (encoded(b"Content-Transfer-Encoding : base64"), "blank-before-colon"),
        (encoded(CTE + b"7bit", CTE + b"base64"), "duplicate-transfer-encoding"),
        (encoded(CTE + b"base64", content=TWO_RUNS), "data-behind-padding"),
        (declared(MIXED_B, b"text/plain"), "duplicate-content-type"),
        (declared(b"text/plain", MIXED_B), "duplicate-content-type"),
        (declared(b"multipart/mixed; boundary=c; boundary=b"), "several-boundaries"),
        (declared(b"multipart/mixed; boundary=b; boundary=c"), "several-boundaries"),
        (mixed(TEXT, PLAIN, boundary=b"<<x>>"), "odd-boundary"),
        (mixed(TEXT, part(b"junk line", ATTACHED)), "junk-in-header"),
        (mixed(TEXT, part(b"\xef\xbb\xbf" + ATTACHED)), "byte-order-mark"),
        (mixed(TEXT, PLAIN).removesuffix(b"--b--\n"), "missing-close"),
        (mixed(TEXT) + b"--b\n" + PLAIN + b"\n--b--\n", "parts-after-close"),
        (mixed(part(content=b"hello\n--bb\n" + PLAIN)), "boundary-prefix"),
        (mixed(TEXT, PLAIN).replace(b"\n\nMZ", b"\nMZ"), "header-without-end"),
        (CTE + b"base64\n" + mixed(TEXT, PLAIN), "encoded-multipart"),
        (mixed(TEXT, MESSAGE_64), "encoded-message"),
        (mixed(TEXT, b"Content-Type: message/partial; id=x; number=1", PLAIN), "message-partial"),
        (mixed(TEXT, b"Content-Type: message/external-body; access-type=ftp", PLAIN), "message-external-body"),
        (mixed(TEXT, UTF7, PLAIN), "utf-7"),
        (mixed(part(content=b"begin 644 e.exe\n)35H@<V5C<F5T\n`\nend")), "file-in-text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_hidden_file_is_found_and_the_doubt_is_reported(message: bytes, kind: str) -> None:
    found = structure(message)
    hidden = [part for part in found.parts if "e.exe" in part.names]
    assert any(part.content.read().strip() == SECRET for part in hidden)
    assert kind in {anomaly.kind for anomaly in found.anomalies}


@pytest.mark.parametrize("end", [b"\r", b"\n"])
def test_a_receiver_that_takes_bare_cr_for_a_line_end_is_understood(end: bytes) -> None:
    body = mixed(TEXT, PLAIN).partition(b"\n\n")[2].replace(b"\n", end)
    found = READER.structure(made_of((Field(b"Content-Type", b" multipart/mixed; boundary=b"),), body))
    assert any("e.exe" in part.names for part in found.parts)
    assert (end == b"\r") == ("bare-cr" in {anomaly.kind for anomaly in found.anomalies})


def test_text_outside_the_parts_is_listed() -> None:
    message = mixed(TEXT).replace(b"\n\n--b", b"\n\nbefore\n--b", 1) + b"\nafter\n"
    found = structure(message)
    assert [(part.place, READER.text(part)) for part in found.parts] == [
        ("body", "hello"),
        ("preamble", "before"),
        ("epilogue", "after"),
    ]
    assert {anomaly.kind for anomaly in found.anomalies} == {"preamble-text", "epilogue-text"}


def test_a_multipart_without_parts_is_a_text() -> None:
    found = structure(b"Content-Type: multipart/mixed; boundary=b\n\nhello\n")
    assert [(part.place, part.type) for part in found.parts] == [("body", "text/plain")]
    assert [anomaly.kind for anomaly in found.anomalies] == ["no-parts"]


def test_an_inner_boundary_that_begins_like_the_outer_one_is_no_anomaly() -> None:
    inner = mixed(TEXT, TEXT, boundary=b"b-1", kind=b"alternative")
    assert structure(mixed(inner, TEXT)).anomalies == ()


def test_odd_names_and_controls_in_the_header_are_reported() -> None:
    fields = (Field(b"To ", b" a@b"), Field(b"Subject", b" x\rBcc: c@d"), Field(b"\xef\xbb\xbfFrom", b" e@f"))
    found = READER.structure(made_of(fields, b"hello"))
    assert {(anomaly.kind, anomaly.where) for anomaly in found.anomalies} == {
        ("odd-field-name", "header:To"),
        ("control-in-header", "header:Subject"),
        ("odd-field-name", "header:From"),
    }


def test_1500_levels_are_cut_at_50() -> None:
    body = b"".join(
        b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (level, level + 1) for level in range(1500)
    )
    found = structure(b"Content-Type: multipart/mixed; boundary=b0\n\n" + body)
    assert "too-deep" in {anomaly.kind for anomaly in found.anomalies}
    assert len(found.parts) < 100


def test_messages_within_messages_are_cut_too() -> None:
    found = structure(b"Content-Type: message/rfc822\n\n" * 1500)
    assert "too-deep" in {anomaly.kind for anomaly in found.anomalies}
    assert len(found.parts) < 200


def test_200000_empty_parts_are_cut_at_2000() -> None:
    found = structure(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000)
    assert "too-many-parts" in {anomaly.kind for anomaly in found.anomalies}
    assert len(found.parts) <= 2000


def test_readings_do_not_multiply() -> None:
    types = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n" % number for number in range(100))
    body = b"".join(b"--b%d\n%b\n" % (number, types) for number in range(100))
    found = structure(types + b"\n" + body)
    assert "too-many-readings" in {anomaly.kind for anomaly in found.anomalies}
    assert len(found.parts) <= 2000


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (b"a: b\n" * 100_000, "header-too-long"),
        (b"Content-Type: application/zip\n" * 100, "too-many-fields"),
        (b"Content-Type: application/zip" + b"; a=b" * 10_000 + b"\n", "too-many-parameters"),
        (b"junk\n" * 100_000, "header-too-long"),
    ],
)
def test_hostile_headers_are_cut_and_reported(header: bytes, kind: str) -> None:
    found = structure(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + header + b"\nhello\n--b--\n")
    assert kind in {anomaly.kind for anomaly in found.anomalies}
    assert any(part.content.read().strip() == b"hello" for part in found.parts)


def test_a_delimiter_in_the_midst_of_lines_is_none() -> None:
    found = structure(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + b"x --b" * 20_000 + b"\n--b--\n")
    assert [part.content.size for part in found.parts] == [100_000]
    assert found.anomalies == ()


HTML = part(b"Content-Type: text/html", content=b"<p>x")
SEEDS = [
    encoded(CTE + b"base64"),
    mixed(mixed(TEXT, HTML, boundary=b"c", kind=b"alternative"), PLAIN),
    mixed(b"Content-Type: message/rfc822\n\nSubject: x\n" + mixed(TEXT, boundary=b"d")),
    b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + "お世話に".encode("iso2022_jp"),
    b"Content-Type: text/html; charset=shift_jis\n\n" + "<p>お世話に①".encode("cp932"),
    b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=E3=81=82=\n=",
]
PIECES = [
    b"--b",
    b"--",
    b"\n",
    b"\r",
    b"\0",
    b"=",
    b"==",
    b'"',
    b";",
    b"Content-Type: ",
    b"boundary=b",
    b"\x1b$B",
    b" ",
]


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_mutants_are_read_without_an_exception(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(300):
        octets = bytearray(SEEDS[seed])
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(octets) + 1)
            octets[at : at + chance.choice((0, 0, 1, 5, 40))] = chance.choice(
                (b"", chance.choice(PIECES), chance.randbytes(2))
            )
        found = structure(bytes(octets))
        for leaf in found.parts:
            READER.text(leaf).encode("utf-8")
            READER.detect(leaf)
            assert leaf.content.size == len(leaf.content.read()) == sum(map(len, leaf.content.chunks()))


@pytest.mark.parametrize("text", [b"Name: Taro\nCard: 4111", b"hello\nCard: 4111", "氏名: 山田".encode()])
def test_a_part_without_an_empty_line_is_read_as_text_too(text: bytes) -> None:
    found = structure(mixed(TEXT, text))
    assert text in [part.content.read().replace(b"\r\n", b"\n") for part in found.parts]
    assert "header-without-end" in {anomaly.kind for anomaly in found.anomalies}


def test_an_empty_part_is_no_anomaly() -> None:
    assert structure(mixed(TEXT, b"Content-Type: text/plain", b"")).anomalies == ()


def test_two_charsets_are_reported_and_each_is_followed() -> None:
    found = structure(b"Content-Type: text/plain; charset=utf-8; charset=iso-2022-jp\n\nhello\n")
    assert [anomaly.kind for anomaly in found.anomalies] == ["several-charsets"]
    assert [(part.place, part.charset) for part in found.parts] == [("body", "utf-8"), ("body#2", "iso-2022-jp")]
    found = structure(b"Content-Type: text/plain; charset=shift_jis; charset=cp932\n\nhello\n")
    assert found.anomalies == ()
