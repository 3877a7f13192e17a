"""A file is cut out of stored octets and nothing else changes; what cannot surely be cut out stays, with the reason."""

from __future__ import annotations

import base64
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.changes import DropAttachment, from_json, to_json
from sekisho.core.message import Field
from sekisho.core.offers import ALTERNATIVE, AMBIGUOUS, INSIDE, PROTECTED, WHOLE, Attachment
from sekisho.core.parse import parse_message
from sekisho.mime.structure import structure_of_octets
from sekisho.transforms.attachments import attachments, growth, holding, note_octets, without

NOTE = "名簿.xlsx を外しました。"


def parsed(message: bytes) -> tuple[tuple[Field, ...], bytes]:
    return parse_message(message)


def found(message: bytes) -> dict[str, Attachment]:
    """The message's attachments, by place."""
    fields, body = parsed(message)
    return {one.place: one for one in attachments(structure_of_octets(fields, body), fields, body)}


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def cut(message: bytes, *places: str) -> bytes:
    """The body after the files at these places are dropped, header as it was."""
    _, body = parsed(message)
    listed = found(message)
    drops = [listed[place].dropped(NOTE) for place in places]
    result = b"".join(without([body], drops))
    assert len(result) == len(body) + growth(drops)
    return message[: len(message) - len(body)] + result


MIXED = """\
Subject: x
Content-Type: multipart/mixed; boundary=b

preamble is kept
--b
Content-Type: text/plain

Dear all,
--b  \t
Content-Type: application/pdf; name=a.pdf
Content-Transfer-Encoding: base64

JVBERg==
--b
Content-Type: text/csv
Content-Disposition: attachment; filename=list.csv

a,b
--b--
epilogue too
"""


def test_exactly_the_part_is_replaced_by_a_note() -> None:
    message = crlf(MIXED)
    before, _, after = message.partition(
        b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg=="
    )
    assert after
    assert cut(message, "attachment:a.pdf") == before + note_octets(NOTE) + after


def test_the_last_part_is_cut_before_the_closing_delimiter() -> None:
    message = crlf(MIXED)
    part = b"Content-Type: text/csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\na,b"
    assert cut(message, "attachment:list.csv") == message.replace(part, note_octets(NOTE))


def test_several_files_leave_at_once() -> None:
    left = cut(crlf(MIXED), "attachment:list.csv", "attachment:a.pdf")
    message = email.message_from_bytes(left, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    texts = [part.get_content() for part in message.iter_parts()]
    assert texts == ["Dear all,", NOTE, NOTE]
    assert not found(left)


def test_the_note_says_what_it_says_in_any_script() -> None:
    note = email.message_from_bytes(note_octets(NOTE), policy=email.policy.default)
    assert isinstance(note, EmailMessage)
    assert note.get_content() == NOTE
    assert note.get_content_type() == "text/plain"
    assert note.get_content_disposition() == "inline"


@given(st.text(max_size=300), st.text(alphabet="-bcd", min_size=1, max_size=4))
def test_no_note_ends_the_part_it_stands_in(text: str, boundary: str) -> None:
    lines = note_octets(f"{text}\n--{boundary}\n").split(b"\r\n")
    assert not any(line.startswith(b"--") for line in lines)


def test_parts_within_parts_are_reached() -> None:
    outer = MIMEMultipart("mixed")
    inner = MIMEMultipart("related")
    inner.attach(MIMEText("<p>x</p>", "html"))
    file = MIMEApplication(b"secret", name="in.bin")
    inner.attach(file)
    outer.attach(MIMEText("hello"))
    outer.attach(inner)
    message = outer.as_bytes(policy=email.policy.SMTP)
    left = cut(message, "attachment:in.bin")
    assert left == message.replace(file.as_bytes(policy=email.policy.SMTP), note_octets(NOTE))
    assert base64.b64encode(b"secret") not in left


def test_a_file_in_a_forwarded_message_is_reached_and_the_message_too() -> None:
    forwarded = MIMEMultipart("mixed")
    forwarded["Subject"] = "older"
    forwarded.attach(MIMEText("see the file"))
    forwarded.attach(MIMEApplication(b"secret", name="in.bin"))
    outer = MIMEMultipart("mixed")
    outer.attach(MIMEText("fyi"))
    outer.attach(MIMEMessage(forwarded))
    message = outer.as_bytes(policy=email.policy.SMTP)
    places = found(message)
    assert [(place, one.stays) for place, one in places.items()] == [
        ("attachment:message", ""),
        ("attachment:message/in.bin", ""),
    ]
    assert b"older" in cut(message, "attachment:message/in.bin")
    assert base64.b64encode(b"secret") not in cut(message, "attachment:message/in.bin")
    whole = cut(message, "attachment:message", "attachment:message/in.bin")
    assert b"older" not in whole
    assert whole.count(note_octets(NOTE)) == 1


def test_a_macintosh_file_leaves_with_both_halves() -> None:
    message = crlf("""\
Content-Type: multipart/mixed; boundary=b

--b

hello
--b
Content-Type: multipart/appledouble; boundary=c

--c
Content-Type: application/applefile; name=a.pdf

fork
--c
Content-Type: application/pdf; name=a.pdf

data
--c--
--b--
""")
    first, second = found(message)
    assert cut(message, first) == cut(message, second) == cut(message, first, second)
    assert b"fork" not in cut(message, second)
    assert b"hello" in cut(message, second)


def signed(inner: str) -> str:
    signature = "Content-Type: application/pgp-signature; name=signature.asc\n\nsig"
    return f"Content-Type: multipart/signed; boundary=s; micalg=sha-256\n\n--s\n{inner}\n--s\n{signature}\n--s--\n"


def mixed(part: str) -> str:
    return f"Content-Type: multipart/mixed; boundary=o\n\n--o\n\ntext\n--o\n{part}\n--o--\n"


FILE = "Content-Type: application/pdf; name=a.pdf\n\ndata"
WITH_FILE = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n{FILE}\n--b--\n"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (signed(WITH_FILE), PROTECTED),
        (mixed(signed(WITH_FILE)), PROTECTED),
        (mixed(f"Content-Type: message/rfc822\n\n{signed(WITH_FILE)}"), PROTECTED),
        (WITH_FILE.replace("mixed;", "mixed; boundary=c;"), AMBIGUOUS),
        (WITH_FILE.replace("--b--\n", "--b--\n--b\n\nafter\n"), AMBIGUOUS),
        (WITH_FILE.replace("Content-Type: application", "junk\nContent-Type: application"), AMBIGUOUS),
        (WITH_FILE.replace("\n--b--\n", "\n"), AMBIGUOUS),
        (WITH_FILE.replace("boundary=b", "boundary=b\nContent-Transfer-Encoding: base64"), AMBIGUOUS),
        (f"Subject: x\n{FILE}\n", WHOLE),
        (WITH_FILE.replace("mixed", "alternative"), ALTERNATIVE),
        ("Content-Type: text/plain\n\nbegin 644 a.pdf\n#86)C\n`\nend\n", INSIDE),
    ],
)
def test_what_cannot_be_cut_out_surely_stays_and_says_why(message: str, reason: str) -> None:
    listed = found(crlf(message))
    files = [one for one in listed.values() if "a.pdf" in one.place]
    assert files
    assert {one.stays for one in files} <= {reason, *((WHOLE,) if reason == AMBIGUOUS else ())}


def test_oddities_that_leave_no_doubt_about_parts_do_not_count() -> None:
    message = crlf("To: a@b.example\nTo: c@d.example\n" + WITH_FILE + "footer of a list\n")
    assert found(message)["attachment:a.pdf"].stays == ""


def test_a_finding_leads_to_the_innermost_file_that_can_leave() -> None:
    listed = [
        Attachment("attachment:fw.eml", "fw.eml", "message/rfc822", 9, 10, 90),
        Attachment("attachment:fw.eml/list.xlsx", "list.xlsx", "", 3, 20, 40),
        Attachment("attachment:fw.eml/winmail.dat/x.pdf", "x.pdf", "", 3, stays=INSIDE),
        Attachment("attachment:list.xlsx", "list.xlsx", "", 3, 100, 140),
    ]
    outer, inner, _, plain = listed
    assert holding(listed, "attachment:fw.eml/list.xlsx/顧客(hidden)!B4") is inner
    assert holding(listed, "attachment:fw.eml/winmail.dat/x.pdf/1") is outer
    assert holding(listed, "attachment:list.xlsx/sheet!A1") is plain
    assert holding(listed, "attachment:list.xlsx2") is None
    assert holding(listed, "body:3") is None


def pieces(body: bytes, sizes: list[int]) -> Iterator[bytes]:
    position = 0
    for size in sizes:
        yield body[position : position + size]
        position += size
    yield body[position:]


@given(
    st.binary(min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5),
    st.lists(st.integers(0, 20), max_size=12),
)
def test_wherever_the_pieces_are_cut_the_octets_are_the_same(
    body: bytes, spans: list[tuple[int, int]], sizes: list[int]
) -> None:
    drops = [
        DropAttachment("p", "n", min(a, b), max(a, b), "x") for a, b in spans if min(a, b) < max(a, b) <= len(body)
    ]
    whole = b"".join(without([body], drops))
    assert b"".join(without(pieces(body, sizes), drops)) == whole
    assert len(whole) == len(body) + growth(drops)
    kept = bytes(octet for n, octet in enumerate(body) if not any(one.start <= n < one.end for one in drops))
    if not any(a.start < b.start < a.end < b.end for a in drops for b in drops):
        assert whole.replace(note_octets("x"), b"") == kept


def test_the_change_survives_the_store() -> None:
    change = DropAttachment("attachment:名簿.xlsx", "名簿.xlsx", 10, 90, NOTE)
    assert from_json(to_json(change)) == change
    assert to_json(change)["op"] == "drop-attachment"
