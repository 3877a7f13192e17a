"""Secrets from files of their own, or from systemd: never from sekisho.yaml or a policy.

``credential:NAME`` is the file that systemd brings to the service (LoadCredential=NAME:…).
"""

from __future__ import annotations

import base64
import binascii
import importlib.util
import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, PlainValidator, ValidationInfo, WithJsonSchema

from sekisho.core.fields import path

_CREDENTIAL = "credential:"
_KEY = 32


def read_secret(file: Path) -> str:
    """The secret in a file, without the line end; ``ValueError`` where it cannot be had."""
    try:
        secret = file.read_text("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from None
    if not secret or "\n" in secret:
        raise ValueError(f"{file} should hold one line, the secret")
    return secret


def read_key(file: Path) -> bytes:
    """A key of 32 octets in base64 (``openssl rand -base64 32``); ``ValueError`` where there is none."""
    secret = read_secret(file).encode()
    try:
        key = base64.b64decode(secret, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY:
        raise ValueError(f"{file} should hold 32 octets in base64; make it with: openssl rand -base64 32")
    if importlib.util.find_spec("cryptography") is None:
        raise ValueError("encrypted content needs cryptography; install sekisho[encryption]")
    return key


def _key_file(file: Path) -> Path:
    read_key(file)
    return file


def _secret_file(value: object, info: ValidationInfo) -> Path:
    if isinstance(value, str) and value.startswith(_CREDENTIAL):
        file = _credential(value.removeprefix(_CREDENTIAL))
    else:
        file = path(value, info)
    read_secret(file)
    return file


def _credential(name: str) -> Path:
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder or not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise ValueError(f"there is no credential {name!r}: systemd brings them to services with LoadCredential=")
    return Path(folder) / name


SecretFile = Annotated[
    Path,
    PlainValidator(_secret_file),
    WithJsonSchema({"type": "string", "examples": ["/etc/sekisho/secrets/database"]}),
]
"""A file that holds a secret and nothing else, or ``credential:NAME``."""

KeyFile = Annotated[SecretFile, AfterValidator(_key_file)]
"""A file that holds a key of 32 octets in base64, or ``credential:NAME``."""
