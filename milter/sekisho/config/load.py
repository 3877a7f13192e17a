"""From sekisho.yaml to what the daemon runs on; or every problem of every file, together.

`load` reads sekisho.yaml and its policy files, opens lists and dictionaries, binds the inspectors and compiles the
policy. Whatever is wrong with any of them ends in one `ConfigurationError`; nothing else is raised.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from sekisho.config.invalid import problems_of
from sekisho.config.letters import Letters, read_letters
from sekisho.config.modes import ModesSource, read_modes
from sekisho.config.policies import Placed, PolicySource, policy_files, read_policy
from sekisho.config.problems import ConfigurationError, Problem, Severity, in_order, whole_file
from sekisho.config.settings import Settings, inspector_settings, settings_model
from sekisho.config.source import read_source, why
from sekisho.config.tree import read_tree
from sekisho.core.domains import DomainSet
from sekisho.core.facts import Inspector
from sekisho.core.ports import Dictionary
from sekisho.core.rule import Policy
from sekisho.core.site import Site
from sekisho.core.worktime import Holidays
from sekisho.inspectors.dictionaries import WordDictionary
from sekisho.inspectors.free_mail_recipient import Settings as FreeMail
from sekisho.inspectors.free_mail_recipient import providers
from sekisho.inspectors.registry import RegistryError, bind, codes, registered
from sekisho.lists.opened import BadList, NamedLists, dictionary_words, open_list
from sekisho.lists.people import Sourced
from sekisho.lists.staff import Opening, open_people
from sekisho.lists.watched import Asked, Clocks, in_thread
from sekisho.policy.check import troubles
from sekisho.policy.compile import Source as CompileSource
from sekisho.policy.compile import compile_policy
from sekisho.policy.compiler import Known
from sekisho.policy.modes import mode_troubles


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that a gateway needs to judge messages, and how the daemon is to run."""

    settings: Settings
    site: Site
    policy: Policy
    lists: NamedLists
    people: Sourced
    dictionaries: Mapping[str, Dictionary]
    inspectors: Mapping[str, Inspector]
    """By finding code."""
    letters: Letters
    """The site's own forms of notices."""
    warnings: tuple[Problem, ...]


CLOCKS = Clocks(time.monotonic, time.time, in_thread)


def load(path: Path, clocks: Clocks = CLOCKS, log: logging.Logger | None = None) -> Configuration:
    """Read everything that ``path``, a sekisho.yaml, leads to. Raises `ConfigurationError` with all problems."""
    loading = _Loading(path, clocks, log or logging.getLogger("sekisho"))
    try:
        return loading.run()
    except RegistryError as error:
        raise ConfigurationError([whole_file(str(path), str(error))]) from error


class _Loading:
    """One run of `load`, with the problems found so far."""

    def __init__(self, path: Path, clocks: Clocks, log: logging.Logger) -> None:
        self._path = path
        self._base = path.parent
        self._clocks = clocks
        self._log = log
        self._problems: list[Problem] = []
        self._seen: set[Path] = set()
        self._inspectors = registered()
        self._main = self._read_main()

    def _read_main(self) -> Placed:
        source = read_source(self._path)
        placed = Placed(source, read_tree(source))
        if not isinstance(placed.root.value, dict):
            empty = placed.root.value is None
            said = "this file is empty" if empty else "this file is not a mapping of sections"
            raise ConfigurationError(
                [whole_file(source.name, f"{said}; the least it needs is `organization: {{domains: [example.com]}}`")]
            )
        return placed

    def run(self) -> Configuration:
        settings = self._settings()
        policies = self._policies()
        lists = NamedLists(self._lists(settings) if settings else {}, self._clocks)
        holidays = self._holidays(settings) if settings else Holidays()
        dictionaries = self._dictionaries(settings) if settings else {}
        people = self._people(settings, lists) if settings else None
        modes = self._modes(settings) if settings else None
        letters = self._letters(settings) if settings else {}
        if settings is None or None in policies or modes is None or people is None:
            raise ConfigurationError(in_order(self._problems))
        sources = [one for one in policies if one is not None]
        known = self._known(settings, lists, holidays)
        self._problems += _policy_problems(sources, known)
        self._problems += _mode_problems(modes, sources, known)
        found = in_order(self._problems)
        if any(one.severity is Severity.ERROR for one in found):
            raise ConfigurationError(found)
        return Configuration(
            settings=settings,
            site=settings.organization.site(invisible_copies=settings.milter.invisible_copies, holidays=holidays),
            policy=compile_policy([CompileSource(one.model, one.placed.place) for one in sources], known, modes.model),
            lists=lists,
            people=people,
            dictionaries=dictionaries,
            inspectors=bind(inspector_settings(settings, self._inspectors), self._inspectors.values()),
            letters=letters,
            warnings=found,
        )

    def _settings(self) -> Settings | None:
        model = settings_model(self._inspectors)
        try:
            return model.model_validate(self._main.root.value, context={"base": self._path.absolute().parent})
        except ValidationError as error:
            self._problems += problems_of(error, model, self._main.source, self._main.root)
            return None

    def _policies(self) -> list[PolicySource | None]:
        """Every policy file; None for one that cannot be used. Read although sekisho.yaml itself may be wrong."""
        written = self._main.root.value.get("policy", Settings.model_fields["policy"].default)
        patterns = [written] if isinstance(written, str) else written
        if not isinstance(patterns, list | tuple) or not all(map(_is_name, patterns)):
            return [None]
        found = policy_files(patterns, self._base)
        return [self._policy(path) for index, path in found if self._is_new(index, path)]

    def _is_new(self, index: int, path: Path) -> bool:
        """Whether the file is there and has not been read yet; if not, that is a problem."""
        try:
            path.stat()
            identity = path.resolve()
        except OSError as error:
            self._say(("policy", index), f"the policy file {path} cannot be read: {why(error)}")
            return False
        if identity == self._path.resolve():
            self._say(("policy", index), "this file itself cannot be its policy")
        elif identity in self._seen:
            self._say(("policy", index), f"{path} is read twice: an entry before this one names it too")
        else:
            self._seen.add(identity)
            return True
        return False

    def _policy(self, path: Path) -> PolicySource | None:
        try:
            return read_policy(path)
        except ConfigurationError as error:
            self._problems += error.problems
            return None

    def _modes(self, settings: Settings) -> ModesSource | None:
        """The modes that were set by command; None where their file cannot be used."""
        try:
            return read_modes(self._base / settings.modes)
        except ConfigurationError as error:
            self._problems += error.problems
            return None

    def _letters(self, settings: Settings) -> Letters:
        if settings.notices.templates is None:
            return {}
        letters, problems = read_letters(settings.notices.templates)
        self._problems += problems
        return letters

    def _lists(self, settings: Settings) -> dict[str, Asked]:
        today = _today(settings)
        found: dict[str, Asked] = {}
        for name, model in settings.lists.items():
            with self._noting("lists", name):
                found[name] = open_list(name, model, self._clocks, today, self._log)
        return found

    def _dictionaries(self, settings: Settings) -> dict[str, Dictionary]:
        found: dict[str, Dictionary] = {}
        for name, model in settings.dictionaries.items():
            with self._noting("dictionaries", name):
                found[name] = WordDictionary(name, dictionary_words(model))
        return found

    def _people(self, settings: Settings, lists: NamedLists) -> Sourced | None:
        """The site's people; None where what the configuration says of them cannot be used."""
        said = settings.approvals
        if isinstance(said.people, str) and said.people not in lists.names():
            self._say(("approvals", "people"), f"unknown list `{said.people}`")
            return None
        how = Opening(self._clocks, settings.organization.time_zone, _today(settings), self._log)
        with self._noting("approvals", "people"):
            return open_people(said.people, said.groups, said.absences, lists, how)
        return None

    @contextmanager
    def _noting(self, section: str, name: str) -> Iterator[None]:
        """What is wrong with a list's files becomes problems: in those files, or at the name of the list."""
        try:
            yield
        except BadList as error:
            self._problems += (
                Problem(flaw.file, flaw.line, flaw.column, flaw.message, source=flaw.source) for flaw in error.flaws
            )
        except OSError as error:
            self._say((section, name), f"`{name}` cannot be read: {error.filename or ''}: {why(error)}")

    def _holidays(self, settings: Settings) -> Holidays:
        found = Holidays()
        with self._noting("organization", "holidays"):
            today = _today(settings)()
            found = settings.organization.holidays.opened(today.year)
            if found.days and not found.yearly and max(found.days) < today:
                self._say(("organization", "holidays"), "the last of these holidays is over", Severity.WARNING)
        return found

    def _known(self, settings: Settings, lists: NamedLists, holidays: Holidays) -> Known:
        inspectors = inspector_settings(settings, self._inspectors)
        free_mail = inspectors["free-mail-recipient"]
        return Known(
            lists=frozenset(settings.lists),
            dictionaries=frozenset(settings.dictionaries),
            findings=codes(self._inspectors.values()),
            labels=lists.all_labels(),
            free_mail=providers(free_mail) if isinstance(free_mail, FreeMail) else DomainSet(()),
            holidays=bool(holidays),
            groups=frozenset(settings.approvals.groups),
            knows_people=settings.approvals.people is not None,
        )

    def _say(self, loc: tuple[int | str, ...], message: str, severity: Severity = Severity.ERROR) -> None:
        node, mark = self._main.root.walk(loc)
        if not isinstance(node.value, dict | list) and node.value is not None:
            mark = node.mark
        self._problems.append(self._main.source.problem(mark.line, mark.column, message, mark.width, severity))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value) and "\0" not in value


def _today(settings: Settings) -> Callable[[], date]:
    zone = settings.organization.time_zone
    return lambda: datetime.now(zone).date()


def _mode_problems(modes: ModesSource, sources: Sequence[PolicySource], known: Known) -> Iterator[Problem]:
    found = mode_troubles(modes.model, [one.model for one in sources], known.lists)
    return (modes.placed.problem(trouble) for trouble in found)


def _policy_problems(sources: Sequence[PolicySource], known: Known) -> Iterator[Problem]:
    return (sources[one.source].placed.problem(one) for one in troubles([one.model for one in sources], known))
