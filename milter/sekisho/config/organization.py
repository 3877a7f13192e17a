"""The organisation in sekisho.yaml: whose mail is inside, and who is trusted to send it."""

from __future__ import annotations

import ipaddress
import re
from datetime import time
from itertools import pairwise
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from sekisho.config.values import EMPTY_IS_DEFAULT, DomainField, NetworkField, Section, ZoneField
from sekisho.core.domains import DomainSet
from sekisho.core.fields import PathField
from sekisho.core.site import Network, Site
from sekisho.core.worktime import HOURS, Holidays
from sekisho.lists.holidays import check_country, check_date, opened

Language = Literal["en", "ja", "zh"]

_LOCAL = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(f"`{value}` is listed twice")
    return values


class HolidaysModel(Section):
    """Which days are holidays; all that is written counts together."""

    country: Annotated[str, AfterValidator(check_country)] | None = Field(
        default=None, description="Public holidays of this country, such as `JP` (needs sekisho[holidays])"
    )
    dates: tuple[Annotated[str, AfterValidator(check_date)], ...] = Field(
        default=(), description="Dates: `2026-12-29`, or `12-29` for every year"
    )
    file: PathField | None = Field(
        default=None, description="A file of dates, one a line; read when the configuration is loaded"
    )

    def opened(self, year: int) -> Holidays:
        """All of them. Raises `BadList` or `OSError` where the file cannot be used."""
        return opened(self.dates, self.file, self.country, year)


_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d) ?- ?(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)")


def _span(value: object) -> tuple[time, time]:
    found = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{value!r} is no span of hours; write 09:00-17:30")
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3] or 0), int(found[4] or 0))
    if end != time() and end <= begin:
        raise ValueError(f"{value!r} ends before it begins")
    return begin, end


def _in_order(spans: tuple[tuple[time, time], ...]) -> tuple[tuple[time, time], ...]:
    found = tuple(sorted(spans))
    for (_, end), (begin, _) in pairwise(found):
        if end == time() or begin < end:
            raise ValueError("these hours overlap")
    return found


Span = Annotated[
    tuple[time, time],
    PlainValidator(_span),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d?:\d\d ?- ?\d\d?:\d\d$", "examples": ["09:00-17:30"]}),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK = get_args(Weekday)


class BusinessHours(Section):
    """When people work; `business-hours` of a hold are counted in these."""

    weekdays: tuple[Weekday, ...] = Field(
        default=("mon", "tue", "wed", "thu", "fri"), min_length=1, description="On which days, but for holidays"
    )
    hours: Annotated[tuple[Span, ...], AfterValidator(_in_order)] = Field(
        default=HOURS,
        min_length=1,
        description="From and until when, such as `09:00-12:00`",
        json_schema_extra={"default": ["09:00-18:00"]},
    )


class Organization(Section):
    """Whose mail this is."""

    domains: Annotated[tuple[DomainField, ...], AfterValidator(_once)] = Field(
        min_length=1,
        description="The organisation's own domains; everybody else is external. "
        "`.example.com` stands for the sub-domains of `example.com`, not for itself",
    )
    languages: Annotated[tuple[Language, ...], AfterValidator(_once)] = Field(
        default=("en",), min_length=1, description="Languages of what people are told, the usual one first: ja, en, zh"
    )
    time_zone: ZoneField = Field(
        default_factory=lambda: ZoneInfo("UTC"),
        description="For times that people read and for business hours",
        json_schema_extra={"default": "UTC"},
    )
    holidays: Annotated[HolidaysModel, EMPTY_IS_DEFAULT] = Field(
        default_factory=HolidaysModel, description="Days on which nobody works, besides the weekends"
    )
    business_hours: Annotated[BusinessHours, EMPTY_IS_DEFAULT] = Field(
        default_factory=BusinessHours, description="When people work"
    )
    trusted_networks: tuple[NetworkField, ...] = Field(
        default=tuple(map(ipaddress.ip_network, _LOCAL)),
        description="Clients that send for the organisation, besides those who authenticate",
        json_schema_extra={"default": list(_LOCAL)},
    )
    trusted_listeners: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(),
        description="Names of the MTA's listeners (`milter_macro_daemon_name`) whose clients send for the organisation",
    )

    def site(self, *, invisible_copies: bool, holidays: Holidays) -> Site:
        """What facts know of the organisation."""
        networks: tuple[Network, ...] = self.trusted_networks
        listeners = frozenset(self.trusted_listeners)
        weekdays = frozenset(_WEEK.index(day) for day in self.business_hours.weekdays)
        return Site(
            DomainSet(self.domains),
            networks,
            listeners,
            self.time_zone,
            self.languages,
            invisible_copies,
            holidays,
            weekdays,
            self.business_hours.hours,
        )
