"""How the daemon runs, in sekisho.yaml: the milter, its store, re-injection, HTTP, notices, the log."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from sekisho.config.organization import Language
from sekisho.config.values import (
    EMPTY_IS_DEFAULT,
    AddressField,
    Host,
    HostPort,
    MilterAddress,
    ModeField,
    Port,
    Section,
)
from sekisho.core.amounts import Duration
from sekisho.core.fields import DurationField, PathField, SizeField, from_base
from sekisho.lists.secret import KeyFile, SecretFile, read_secret
from sekisho.policy.actions.holding import ClockField

_MOST_WORKERS = 256


def _workers() -> int:
    return min(len(os.sched_getaffinity(0)), 4)


def _only_tempfail(value: object) -> object:
    if value != "tempfail":
        raise ValueError(
            "the daemon never lets mail go because of an error: only tempfail; a rule has its own `on-error`"
        )
    return value


class Milter(Section):
    """The daemon as the MTA sees it."""

    listen: MilterAddress = Field(
        default="unix:/run/sekisho/milter.sock",
        description="Where the MTA finds us, as libmilter spells it: `unix:PATH` or `inet:PORT@HOST`",
    )
    mode: ModeField | None = Field(
        default=None, description='Mode of the unix socket, in quotes ("0660"); as the umask makes it unless set'
    )
    group: str | None = Field(
        default=None, min_length=1, description="Group of the unix socket; the MTA's user must be in it"
    )
    user: str | None = Field(
        default=None, min_length=1, description="User to become when started as root; stays root unless set"
    )
    workers: Annotated[StrictInt, Field(ge=1, le=_MOST_WORKERS)] = Field(
        default_factory=_workers,
        description="Processes that share the work; one for each processor, at most 4, unless set",
        json_schema_extra={"default": "one for each processor, at most 4"},
    )
    on_error: Annotated[Literal["tempfail"], BeforeValidator(_only_tempfail)] = Field(
        default="tempfail",
        description="What is answered when something unexpected goes wrong: try again later. Nothing else can be "
        "chosen here; a rule has an `on-error` of its own for sources that are away",
    )
    memory: SizeField = Field(
        default=1_000_000,
        description="A longer message is collected in a file, not in memory",
        json_schema_extra={"default": "1MB"},
    )
    spool: PathField | None = Field(
        default=None, description="Folder for those files; the system's folder for temporary files unless set"
    )
    invisible_copies: StrictBool = Field(
        default=False,
        description="Set this where the MTA adds copies that no milter sees (`always_bcc`, `sender_bcc_maps`, "
        "`recipient_bcc_maps`): a message is then held whole or not at all",
    )


_URL_FORM = "sqlite:///PATH or postgresql://USER@HOST/DATABASE"


def _database_url(value: object, info: ValidationInfo) -> str:
    text = value if isinstance(value, str) else ""
    if text.startswith("sqlite:///"):
        path = text.removeprefix("sqlite:///")
        if not path or path.startswith(":") or "?" in path:
            raise ValueError("the SQLite URL names no file; write sqlite:////var/lib/sekisho/sekisho.db")
        return f"sqlite:///{from_base(path, info)}"
    if not re.fullmatch(r"postgresql(\+psycopg)?://\S+", text):
        raise ValueError(f"not a database URL; write {_URL_FORM}")
    if re.match(r"[^/]*//[^@/]*:[^@/]*@", text):
        raise ValueError(
            "a password does not belong into this file; put it into a file of its own: store.password-file"
        )
    return text if text.startswith("postgresql+") else text.replace("postgresql", "postgresql+psycopg", 1)


DatabaseUrl = Annotated[
    str, PlainValidator(_database_url), WithJsonSchema({"type": "string", "pattern": "^(sqlite|postgresql)"})
]


class Retention(Section):
    """How long what has ended is kept."""

    content: DurationField = Field(
        default=Duration(90 * 86_400),
        description="How long a held message's octets are kept after the last of its holds has ended",
        json_schema_extra={"default": "90d"},
    )
    records: DurationField = Field(
        default=Duration(400 * 86_400),
        description="How long its records (who, to whom, findings, decisions) are kept; the audit is kept for ever",
        json_schema_extra={"default": "400d"},
    )

    @model_validator(mode="after")
    def _content_first(self) -> Self:
        if self.content.seconds > self.records.seconds:
            raise ValueError(
                f"content is kept for {self.content}, but its records only for {self.records}: "
                "make `records` as long as `content`, or longer"
            )
        return self


class StoreSettings(Section):
    """Where holds are kept."""

    url: DatabaseUrl = Field(
        default="sqlite:////var/lib/sekisho/sekisho.db",
        description=f"The database: {_URL_FORM}; three slashes and a relative path are relative to this file",
    )
    content: PathField = Field(
        default=Path("/var/lib/sekisho/content"), description="Folder of held messages; ours alone, beside the database"
    )
    journal: PathField | None = Field(
        default=None,
        description="Folder of the journal, in which each message leaves a line that names nobody, for 30 days; "
        "`journal` beside `store.content` unless set",
    )
    password_file: SecretFile | None = Field(
        default=None, description="File with the database's password, or `credential:NAME` of systemd"
    )
    keys: tuple[KeyFile, ...] = Field(
        default=(),
        description="Files (or `credential:NAME`) with keys that encrypt held messages, the newest first; "
        "32 octets in base64 each: `openssl rand -base64 32` (needs sekisho[encryption])",
    )
    duplicate_window: DurationField = Field(
        default=Duration(86_400),
        description="A message that is offered again within this time finds its hold instead of making another",
        json_schema_extra={"default": "24h"},
    )
    retention: Annotated[Retention, EMPTY_IS_DEFAULT] = Field(
        default_factory=Retention, description="How long what has ended is kept; what is open or under legal hold stays"
    )
    min_free: SizeField = Field(
        default=256 << 20,
        description="With less free disk space nothing new is held: what must be held is tempfailed, clean mail passes",
        json_schema_extra={"default": "256MiB"},
    )

    @property
    def full_url(self) -> str:
        """The URL with its password; ``ValueError`` where the password's file cannot be read any more."""
        if self.password_file is None or "@" not in self.url:
            return self.url
        user, _, rest = self.url.partition("@")
        return f"{user}:{quote(read_secret(self.password_file), safe='')}@{rest}"


def _an_hour_at_least(value: Duration) -> Duration:
    if value.seconds < 3600:
        raise ValueError(f"{value} is too short: the listener may be restarted; write at least 1h")
    return value


class Reinject(Section):
    """The MTA's listener that takes released mail."""

    host: Host = Field(default="127.0.0.1", description="Host of the MTA's listener for released mail")
    port: Port = Field(default=10026, description="Its port; a listener without this milter")
    helo: Host = Field(default="localhost", description="The name by which we greet it")
    timeout: DurationField = Field(
        default=Duration(300),
        description="How long to wait for its reply to a command; the reply to the message may take twice as long",
        json_schema_extra={"default": "5m"},
    )
    retry_for: Annotated[DurationField, AfterValidator(_an_hour_at_least)] = Field(
        default=Duration(5 * 86_400),
        description="How long what it does not take (4xx, no connection) is tried again, from the decision on: after "
        "5 s, then doubling to 15 min. Then a recipient bounces and the sender is told. At least 1h",
        json_schema_extra={"default": "5d"},
    )


def _base_url(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise ValueError(f"{value!r} is not a web address; write https://mail-check.example.com/")
    return value if value.endswith("/") else f"{value}/"


class Http(Section):
    """The HTTP listener: metrics, health and the page behind links in notices."""

    listen: HostPort = Field(default="127.0.0.1:9464", description="Where /metrics, /healthz and /readyz answer")
    base_url: Annotated[str, PlainValidator(_base_url), WithJsonSchema({"type": "string", "format": "uri"})] | None = (
        Field(
            default=None,
            description="The address by which people reach it, for links in notices; without it notices carry none. "
            "Only `/h/` and `/a/` need be reached",
        )
    )
    link_key_file: PathField | None = Field(
        default=None,
        description="File with the key of those links, made when it is absent; the same on all gateways of a store. "
        "`link.key` beside `store.content` unless set",
    )
    token_file: SecretFile | None = Field(
        default=None,
        description="File with the token that `POST /v1/explain` asks for, or `credential:NAME` of systemd; "
        "without it nobody can ask",
    )
    largest_question: SizeField = Field(
        default=25_000_000,
        description="The longest message that `POST /v1/explain` takes",
        json_schema_extra={"default": "25MB"},
    )


class Notices(Section):
    """The mails that tell people what happened."""

    from_: AddressField | None = Field(
        default=None,
        alias="from",
        description="Author of notices; mail-check@ and the organisation's first domain unless set",
    )
    language: Language | None = Field(
        default=None, description="Language of notices; the first of `organization.languages` unless set"
    )
    postmaster: AddressField | None = Field(
        default=None, description="Who is told where nobody else can be; postmaster@ and the first domain unless set"
    )

    reminder: DurationField = Field(
        default=Duration(3_600),
        description="How long before its time is over the sender of a hold is reminded; a hold of less than twice that "
        "is not reminded of",
        json_schema_extra={"default": "1h"},
    )
    daily: ClockField | None = Field(
        default=None,
        description='When, such as "08:30", approvers are mailed what waits for their answer, and the postmaster that '
        "the gateway is at work; without it nobody is",
    )
    templates: PathField | None = Field(
        default=None,
        description="Folder with the site's own forms of notices, files `KIND.LANGUAGE.txt`; the others read as usual",
    )
    replies: StrictBool = Field(
        default=False,
        description="Let approvers answer a request by mail with one word; only authenticated mail of whoever was asked"
        " counts. The MTA must take mail for the address in `from` with `+TAG` behind its name",
    )
    contact: str = Field(
        default="",
        max_length=100,
        description="Whom people ask: `ext. 1234`, an address; the mail administrator unless set",
    )


class Log(Section):
    """What is written to stderr."""

    format: Literal["logfmt", "json"] = Field(default="logfmt", description="One line an event: logfmt or json")
    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="The least that is written")
