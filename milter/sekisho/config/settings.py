"""sekisho.yaml as a whole: every key has a default but ``organization.domains``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, create_model

from sekisho.config.approvals import MANY, Approvals, Name
from sekisho.config.daemon import Http, Log, Milter, Notices, Reinject, StoreSettings
from sekisho.config.organization import Organization
from sekisho.config.values import EMPTY_IS_DEFAULT, Section
from sekisho.core.fields import PathField
from sekisho.inspectors.registry import Registered
from sekisho.inspectors.settings import Settings as InspectorSettings
from sekisho.lists.models import DictionaryModel, ListModel


def _file_name(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError("a file's name is missing here")
    return text


FileName = Annotated[str, AfterValidator(_file_name)]


class Settings(Section):
    """Everything in sekisho.yaml."""

    organization: Organization = Field(description="Whose mail this is")
    milter: Annotated[Milter, EMPTY_IS_DEFAULT] = Field(
        default_factory=Milter, description="The daemon as the MTA sees it"
    )
    store: Annotated[StoreSettings, EMPTY_IS_DEFAULT] = Field(
        default_factory=StoreSettings, description="Where holds are kept"
    )
    reinject: Annotated[Reinject, EMPTY_IS_DEFAULT] = Field(
        default_factory=Reinject, description="The MTA's listener that takes released mail"
    )
    approvals: Annotated[Approvals, EMPTY_IS_DEFAULT] = Field(
        default_factory=Approvals, description="Who is asked about what is held"
    )
    http: Annotated[Http, EMPTY_IS_DEFAULT] = Field(default_factory=Http, description="Metrics, health and web pages")
    notices: Annotated[Notices, EMPTY_IS_DEFAULT] = Field(default_factory=Notices, description="Mails that tell people")
    log: Annotated[Log, EMPTY_IS_DEFAULT] = Field(default_factory=Log, description="What is written to stderr")
    run_directory: PathField | None = Field(
        default=None,
        description="Folder for what lives as long as the daemon runs (metrics of the workers); "
        "`run` beside `store.content` unless set",
    )
    lists: Annotated[dict[Name, ListModel], EMPTY_IS_DEFAULT] = Field(
        default_factory=dict,
        description="Lists of addresses and domains by name: inline entries, or where they are kept. An entry is "
        "`user@example.com`, `example.com`, `.example.com` (its sub-domains only) or `/pattern/` (RE2)",
    )
    dictionaries: Annotated[dict[Name, DictionaryModel], EMPTY_IS_DEFAULT] = Field(
        default_factory=dict, description="Dictionaries of words by name: inline words, or where they are kept"
    )
    inspectors: Annotated[Any, EMPTY_IS_DEFAULT] = Field(
        default_factory=dict, description="Settings of the inspectors, by their names"
    )
    policy: Annotated[tuple[FileName, ...], MANY] = Field(
        default=("policy.yaml",),
        min_length=1,
        description="Policy files in the order in which they count; relative to this file, `*` stands for any name",
    )

    modes: Annotated[FileName, Field(min_length=1)] = Field(
        default="modes.yaml",
        description="File in which `sekisho policy mode` keeps the modes that it sets; relative to this file, may be "
        "absent",
    )

    @property
    def run_folder(self) -> Path:
        """`run_directory`, or its default."""
        return self.run_directory or self.store.content.parent / "run"

    @property
    def journal_folder(self) -> Path:
        """`store.journal`, or its default."""
        return self.store.journal or self.store.content.parent / "journal"

    @property
    def link_key_file(self) -> Path:
        """`http.link-key-file`, or its default."""
        return self.http.link_key_file or self.store.content.parent / "link.key"

    @property
    def notices_from(self) -> str:
        """The author of notices, or its default."""
        return self.notices.from_ or f"mail-check@{self._first_domain}"

    @property
    def postmaster(self) -> str:
        """Who is told where nobody else can be, or its default."""
        return self.notices.postmaster or f"postmaster@{self._first_domain}"

    @property
    def notices_language(self) -> str:
        """The language of notices, or its default."""
        return self.notices.language or self.organization.languages[0]

    @property
    def _first_domain(self) -> str:
        return self.organization.domains[0].lstrip(".")


def settings_model(registered: Mapping[str, Registered]) -> type[Settings]:
    """The model with the settings of these inspectors in it."""
    fields: dict[str, Any] = {
        one.name.replace("-", "_"): (
            Annotated[one.settings, EMPTY_IS_DEFAULT],
            Field(default_factory=one.settings, description=one.summary),
        )
        for one in registered.values()
    }
    section = create_model("Inspectors", __base__=Section, **fields)
    inspectors: Any = (
        Annotated[section, EMPTY_IS_DEFAULT],
        Field(default_factory=section, description="Settings of the inspectors"),
    )
    return create_model("Settings", __base__=Settings, __doc__=Settings.__doc__, inspectors=inspectors)


def inspector_settings(settings: Settings, registered: Mapping[str, Registered]) -> Mapping[str, InspectorSettings]:
    """The settings of each inspector, by its name."""
    return {name: getattr(settings.inspectors, name.replace("-", "_")) for name in registered}
