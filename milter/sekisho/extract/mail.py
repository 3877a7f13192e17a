"""Mail saved as a file (.eml): its texts and its attachments, read as the gateway reads mail itself."""

from __future__ import annotations

from datetime import UTC, datetime

from sekisho.core.content import Octets
from sekisho.core.message import Client, Path, Transaction
from sekisho.core.parse import parse_message
from sekisho.core.parts import Part
from sekisho.extract.job import Job
from sekisho.mime.reader import MimeReader

_LIMITS = frozenset({"too-deep", "too-many-parts", "too-many-readings"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(data: bytes, job: Job) -> None:
    """Subject, texts and attachments."""
    fields, body = parse_message(data)
    transaction = Transaction(Client(), Path(b"<>", "", ""), (), fields, Octets(body), {}, _EPOCH)
    reader = MimeReader()
    for field in fields:
        if field.key == "subject":
            job.text(reader.decoded(field.value), "subject")
    structure = reader.structure(transaction)
    for part in structure.parts:
        _read_part(reader, part, job)
    for anomaly in structure.anomalies:
        if anomaly.kind in _LIMITS:
            job.problem("too-deep" if anomaly.kind == "too-deep" else "too-many-files", anomaly.where)


def _read_part(reader: MimeReader, part: Part, job: Job) -> None:
    if part.attached:
        job.inside(part.names or ("",), part.content.read())
    else:
        job.text(reader.text(part), part.place)
