"""``sekisho serve``: run the daemon, or with ``--only`` one of its roles.

What can be known to be wrong is said before anything is served: a configuration that is not valid (78), a socket that
another daemon has or that cannot be opened (69).
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from importlib.metadata import version
from pathlib import Path

from sekisho.cli.common import common, configuration_of
from sekisho.cli.output import EX_UNAVAILABLE, CommandError
from sekisho.config.load import Configuration, load
from sekisho.config.problems import ConfigurationError
from sekisho.mta.endpoint import parse_endpoint
from sekisho.mta.listener import ListenError
from sekisho.serve import roles
from sekisho.serve.control import from_environment
from sekisho.serve.detach import detached
from sekisho.serve.logs import open_log
from sekisho.serve.notify import Notifier
from sekisho.serve.preparation import begun, own_folders
from sekisho.serve.service import Service
from sekisho.serve.supervisor import run as supervise
from sekisho.serve.telemetry import SupervisorTelemetry
from sekisho.serve.worker import Crew
from sekisho.store import StoreUnavailable

ROLES = ("release", "http")


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to run."""
    common(parser)
    parser.add_argument("--daemon", action="store_true", help="detach from the terminal; the log goes to syslog")
    parser.add_argument("--only", choices=["milter", *ROLES], help="run this role alone, in the foreground")
    parser.add_argument("--syslog", action="store_true", help="send the log to syslog instead of stderr")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    configuration = configuration_of(options)
    settings = configuration.settings
    log = open_log(settings.log.format, settings.log.level, syslog=options.syslog or options.daemon)
    for problem in configuration.warnings:
        log.warning("configuration", extra={"fields": {"problem": str(problem)}})
    try:
        return _run(options, configuration, log)
    except ListenError as error:
        raise CommandError(EX_UNAVAILABLE, str(error)) from error
    except StoreUnavailable as error:
        raise CommandError(EX_UNAVAILABLE, f"the store {settings.store.url} cannot be used: {error.why}") from error
    except OSError as error:
        raise CommandError(EX_UNAVAILABLE, f"{error.filename or options.only or 'serve'}: {error.strerror}") from error


def _run(options: argparse.Namespace, configuration: Configuration, log: logging.Logger) -> int:
    if options.only == "release":
        from sekisho.serve.release import release  # noqa: PLC0415  (a worker never needs it)

        return release(configuration, log, from_environment(os.environ))
    if options.only == "http":
        from sekisho.serve.http import http  # noqa: PLC0415  (nor the web framework)

        return http(configuration, log, from_environment(os.environ))
    if options.daemon:
        with detached():
            return _supervise(options, configuration, log)
    return _supervise(options, configuration, log)


def _supervise(options: argparse.Namespace, configuration: Configuration, log: logging.Logger) -> int:
    milter = configuration.settings.milter
    path = Path(options.config).absolute()
    telemetry = SupervisorTelemetry(roles.metrics_folder(configuration.settings), version("sekisho"))
    service = Service(
        endpoint=parse_endpoint(milter.listen),
        load=_Loading(path, configuration, log),
        telemetry=telemetry,
        log=log,
        roles={} if options.only else {role: _command(role, path, options) for role in ROLES},
        mode=milter.mode,
        group=milter.group,
        user=milter.user,
    )
    own_folders(configuration.settings)
    return supervise(service, Notifier(os.environ))


class _Loading:
    """The configuration at hand the first time, then whatever the file says."""

    def __init__(self, path: Path, first: Configuration, log: logging.Logger) -> None:
        self._path = path
        self._first: Configuration | None = first
        self._log = log

    def __call__(self) -> Crew:
        if self._first is None:
            return roles.crew_of(self._again(), self._log)
        first, self._first = self._first, None
        with begun(first.settings, self._log):
            return roles.crew_of(first, self._log)

    def _again(self) -> Configuration:
        try:
            return load(self._path)
        except ConfigurationError as error:
            for problem in error.problems:
                self._log.error("configuration", extra={"fields": {"problem": str(problem)}})
            raise


def _command(role: str, path: Path, options: argparse.Namespace) -> list[str]:
    syslog = ["--syslog"] if options.daemon or options.syslog else []
    return [sys.executable, "-Im", "sekisho.cli.main", "serve", "--only", role, "--config", str(path), *syslog]
