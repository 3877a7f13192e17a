"""The core's values as plain JSON data, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sekisho.core import edits
from sekisho.core.evidence import Evidence
from sekisho.core.finding import Finding
from sekisho.core.message import Client, Field, Path, field_octets
from sekisho.core.offers import Attachment, Offers
from sekisho.core.path import parse_path
from sekisho.core.reason import Reason

Plain = dict[str, Any]
_OF_CLIENT = tuple(field.name for field in fields(Client))


def evidence_to_json(evidence: Evidence) -> Plain:
    """Findings, reasons, score and the rules' own words; subject and sender of record are the message's."""
    return {
        "findings": [finding_to_json(finding) for finding in evidence.findings],
        "reasons": {rule: reason_to_json(reason) for rule, reason in evidence.reasons.items()},
        "score": evidence.score,
        "messages": {rule: dict(message) for rule, message in evidence.messages.items()},
        "hidden": evidence.hidden,
        "gone": list(evidence.gone),
        "files": evidence.files,
        **({"thread": list(evidence.thread)} if evidence.thread else {}),
    }


def evidence_from_json(data: Plain, subject: str, sender_of_record: str) -> Evidence:
    """The inverse of `evidence_to_json`."""
    findings = tuple(Finding(**finding) for finding in data["findings"])
    reasons = {rule: reason_from_json(reason) for rule, reason in data["reasons"].items()}
    return Evidence(
        subject,
        sender_of_record,
        findings,
        reasons,
        data["score"],
        data.get("messages", {}),
        data.get("hidden", 0),
        tuple(data.get("gone", ())),
        data.get("files"),
        tuple(data.get("thread", ())),
    )


def finding_to_json(finding: Finding) -> Plain:
    """``{"code": …, "where": …, "recipients": MASK, …}``."""
    return {
        "code": finding.code,
        "where": finding.where,
        "recipients": finding.recipients,
        "kind": finding.kind,
        "count": finding.count,
        "score": finding.score,
        "evidence": finding.evidence,
        "values": dict(finding.values),
    }


def reason_to_json(reason: Reason) -> Plain:
    """``{"code": …, "values": {…}, "parts": […]}``."""
    return {
        "code": reason.code,
        "values": dict(reason.values),
        "parts": [reason_to_json(part) for part in reason.parts],
    }


def reason_from_json(data: Plain) -> Reason:
    """The inverse of `reason_to_json`."""
    return Reason(data["code"], data["values"], tuple(reason_from_json(part) for part in data["parts"]))


def client_to_json(client: Client) -> Plain:
    return {name: getattr(client, name) for name in _OF_CLIENT}


def client_from_json(data: Plain) -> Client:
    return Client(**data)


def path_from_row(raw: bytes, params: Sequence[str]) -> Path:
    """A path of the envelope, from its octets."""
    return parse_path(raw, tuple(params))


def header_lengths(fields: Sequence[Field]) -> tuple[tuple[int, int], ...]:
    """Of each field the length of its name and of its octets, so that a header is split again exactly as it came."""
    return tuple((len(field.name), len(field_octets(field))) for field in fields)


def header_fields(octets: bytes, lengths: Sequence[Sequence[int]]) -> tuple[Field, ...]:
    """The fields of a stored header. ``ValueError`` where the lengths do not fit."""
    fields, start = [], 0
    for name, whole in lengths:
        line = octets[start : start + whole]
        if len(line) != whole or line[name : name + 1] != b":" or line[-2:] != b"\r\n":
            raise ValueError("the stored header does not fit its index")
        fields.append(Field(line[:name], line[name + 1 : -2].replace(b"\r\n", b"\n")))
        start += whole
    if octets[start:] != b"\r\n":
        raise ValueError("the stored header does not end where it should")
    return tuple(fields)


def offers_to_json(offers: Offers) -> Plain:
    """What there is of ``{"hide": [edit…], "files": [{…}…], "made": […]}``."""
    plain: Plain = {}
    if offers.hide:
        plain["hide"] = [edits.to_json(edit) for edit in offers.hide]
    if offers.files:
        plain["files"] = [asdict(file) for file in offers.files]
    if offers.made:
        plain["made"] = list(offers.made)
    return plain


def offers_from_json(data: Plain) -> Offers:
    """The inverse of `offers_to_json`."""
    hide = tuple(edits.from_json(edit) for edit in data.get("hide", ()))
    files = tuple(Attachment(**file) for file in data.get("files", ()))
    return Offers(hide, files, tuple(data.get("made", ())))
