"""The reader of messages that facts are given: the package's one entry (`sekisho.core.ports.Reader`).

Stateless and safe in threads. Never raises on content.
"""

from __future__ import annotations

from sekisho.core.message import Transaction
from sekisho.core.parts import Addresses, Part, Structure
from sekisho.mime.addresses import read_addresses
from sekisho.mime.encoded_words import header_text
from sekisho.mime.magic import media_type_of
from sekisho.mime.part_text import text_of
from sekisho.mime.structure import structure_of


class MimeReader:
    """Octets to meaning."""

    def addresses(self, value: bytes) -> Addresses:
        """The mailboxes of an address field's value, all readings together."""
        return read_addresses(value)

    def decoded(self, value: bytes) -> str:
        """An unstructured value as people see it."""
        return header_text(value)

    def structure(self, transaction: Transaction) -> Structure:
        """The message's parts and what is ambiguous about them."""
        return structure_of(transaction)

    def text(self, part: Part) -> str:
        """A text part's text, HTML as the text it shows; empty for what is no text."""
        return text_of(part)

    def detect(self, part: Part) -> str:
        """Media type by content; empty when unknown."""
        return media_type_of(part.content)
