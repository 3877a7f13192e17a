"""A second parser, by other people in another language, sees the same leaves in ordinary messages."""

from __future__ import annotations

from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import fast_mail_parser
from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.reader import MimeReader
from tests.support.wire import transaction_of

_FILE = st.builds(MIMEApplication, st.binary(max_size=200), st.sampled_from(["pdf", "zip", "octet-stream"]))
_TEXT = st.builds(
    MIMEText, st.text("お世話に abc\n", max_size=80), st.sampled_from(["plain", "html"]), st.just("utf-8")
)
_MESSAGE = st.lists(_TEXT | _FILE, min_size=1, max_size=6).map(lambda parts: MIMEMultipart(_subparts=parts))


@given(_MESSAGE)
def test_the_leaves_are_those_that_the_other_parser_sees(message: MIMEMultipart) -> None:
    octets = message.as_bytes().replace(b"\n", b"\r\n")
    tree = fast_mail_parser.parse_email_tree(octets)
    theirs = [(leaf.content_type, leaf.content) for leaf in fast_mail_parser.walk(tree) if leaf.content is not None]
    found = MimeReader().structure(transaction_of(octets))
    ours = [(part.type, part.content.read()) for part in found.parts]
    assert [(kind, content.rstrip()) for kind, content in ours] == [
        (kind, content.rstrip()) for kind, content in theirs
    ]
