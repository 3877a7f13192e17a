"""The single values of sekisho.yaml as types for its models: addresses to listen on, networks, domains, secrets.

A bad value is a ``ValueError`` with one sentence; `sekisho.core.fields` has the amounts and paths.
"""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictInt,
    ValidationInfo,
    WithJsonSchema,
)

from sekisho.core.addresses import is_pattern, normal_entry
from sekisho.core.fields import from_base
from sekisho.core.site import Network

_INET = re.compile(r"inet6?:([0-9]{1,5})(?:@([^@\s]+))?")
_HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):([0-9]{1,5})")
_LONGEST_SOCKET = 104
"""Octets of a unix socket's path that every system takes, with the suffix that is used while it is put in place."""


class Section(BaseModel):
    """Base of every mapping in sekisho.yaml: read-only, kebab-case keys, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


def _none_is_empty(value: object) -> object:
    return {} if value is None else value


EMPTY_IS_DEFAULT = BeforeValidator(_none_is_empty)
"""A section whose keys are all commented out is a section with its defaults."""


def _schema(example: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example], **more})


def _milter_address(value: object, info: ValidationInfo) -> str:
    text = value if isinstance(value, str) else ""
    found = _INET.fullmatch(text)
    if found:
        _port(found[1])
        return text if found[2] else f"{text}@127.0.0.1"
    scheme, colon, path = text.partition(":")
    if scheme not in ("unix", "local") or not colon or not path:
        raise ValueError(
            f"{value!r} is not a milter address; write unix:/run/sekisho/milter.sock or inet:8894@127.0.0.1"
        )
    name = str(from_base(path, info))
    if len(os.fsencode(name)) > _LONGEST_SOCKET - len(".new"):
        raise ValueError(f"the socket's path is longer than {_LONGEST_SOCKET - 4} octets: {name}")
    return f"unix:{name}"


MilterAddress = Annotated[str, PlainValidator(_milter_address), _schema("unix:/run/sekisho/milter.sock")]
"""As libmilter spells it: ``unix:PATH``, ``inet:PORT@HOST``, ``inet6:PORT@HOST``."""


def _host_port(value: object) -> str:
    found = _HOST_PORT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{value!r} is not HOST:PORT; write 127.0.0.1:9464 or [::1]:9464")
    _port(found[2])
    return found[0]


HostPort = Annotated[str, PlainValidator(_host_port), _schema("127.0.0.1:9464")]
"""``HOST:PORT``, ``[::1]:PORT`` for IPv6."""


def _port(text: str) -> None:
    if not 0 < int(text) < 65_536:
        raise ValueError(f"{text} is not a port; ports are 1 to 65535")


Port = Annotated[StrictInt, Field(ge=1, le=65_535)]


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:-]+|\[[0-9A-Fa-f:.]+\]", text):
        raise ValueError(f"{text!r} is not a host name or an IP address")
    return text.strip("[]")


Host = Annotated[str, AfterValidator(_host)]


def _network(value: object) -> Network:
    if not isinstance(value, str):
        raise ValueError("a network is text in quotes, such as 192.0.2.0/24")
    try:
        return ipaddress.ip_network(value)
    except ValueError as error:
        reason = "the address has bits beyond its prefix" if "host bits" in str(error) else "not a network"
        raise ValueError(f"{value!r}: {reason}; write 192.0.2.0/24, 2001:db8::/32 or one address") from None


NetworkField = Annotated[Network, PlainValidator(_network), _schema("192.0.2.0/24")]


def _own_domain(text: str) -> str:
    entry = normal_entry(text)
    if "@" in entry or is_pattern(entry) or entry == "<>":
        raise ValueError(f"{text!r} is not a domain; write example.com, and .example.com for its sub-domains")
    return entry


DomainField = Annotated[str, AfterValidator(_own_domain), _schema("example.com")]
"""``example.com``, or ``.example.com`` for its sub-domains."""


def _address(text: str) -> str:
    entry = normal_entry(text)
    if "@" not in entry or is_pattern(entry) or any(char in text for char in "<>, \t\r\n"):
        raise ValueError(f"{text!r} is not an address; write it as postmaster@example.com")
    return text


AddressField = Annotated[str, AfterValidator(_address), _schema("postmaster@example.com")]


def _zone(value: object) -> ZoneInfo:
    if isinstance(value, str) and value and not value.startswith(("/", ".")):
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise ValueError(f"{value!r} is not a time zone; write one as Asia/Tokyo or Europe/Berlin")


ZoneField = Annotated[ZoneInfo, PlainValidator(_zone), _schema("Asia/Tokyo")]


def _mode(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"0?[0-7]{3}", value):
        return int(value, 8)
    raise ValueError(f'{value!r} is not a mode; write three octal digits in quotes, such as "0660"')


ModeField = Annotated[int, PlainValidator(_mode), _schema("0660", pattern="^0?[0-7]{3}$")]
