"""The organisation in sekisho.yaml: whose mail is inside, and who is trusted to send it."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from sekisho.config.values import EMPTY_IS_DEFAULT, DomainField, NetworkField, Section, ZoneField
from sekisho.core.domains import DomainSet
from sekisho.core.fields import PathField
from sekisho.core.site import Network, Site
from sekisho.core.worktime import Holidays
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
        return Site(
            DomainSet(self.domains), networks, listeners, self.time_zone, self.languages, invisible_copies, holidays
        )
