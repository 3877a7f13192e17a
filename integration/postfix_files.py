"""The two configuration files of a private Postfix: main.cf and master.cf (postconf(5), master(5)).

Nothing is rewritten that did not have to be, so that octets can be compared: long lines, big headers and missing fields
stay as they are for SMTP clients. Time-outs and retries are short because tests wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SIZE_LIMIT = 20 * 1024 * 1024
"""The public listeners' message_size_limit, octets."""
ROOM = 64 * 1024
"""What the re-injection listener allows beyond it: a released message carries one Received field of ours."""


class Ports(NamedTuple):
    """Listeners on 127.0.0.1."""

    public: int
    submission: int
    reinject: int


def main_cf(home: Path, relay: int, milter: str, settings: Mapping[str, str]) -> str:
    """main.cf for an instance in ``home`` that sends all mail to port ``relay`` and asks ``milter``."""
    values = {
        "compatibility_level": "3.6",
        "queue_directory": home / "queue",
        "data_directory": home / "data",
        "maillog_file": home / "mail.log",
        "maillog_file_prefixes": home,
        "myhostname": "gateway.example.co.jp",
        "myorigin": "example.co.jp",
        "mydestination": "",
        # Anybody who reaches a loopback port, whatever address XCLIENT gives them.
        "mynetworks": "0.0.0.0/0, [::]/0",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
        "smtpd_peername_lookup": "no",
        "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
        "relayhost": f"[127.0.0.1]:{relay}",
        "alias_maps": "",
        "alias_database": "",
        "local_recipient_maps": "",
        "smtp_dns_support_level": "disabled",
        "smtp_host_lookup": "native",
        "smtpd_milters": milter,
        "non_smtpd_milters": milter,
        "milter_default_action": "tempfail",
        "milter_connect_timeout": "10s",
        "milter_header_checks": f"regexp:{_hold_header(home)}",
        "smtp_header_checks": f"regexp:{_no_hold_header(home)}",
        "enable_long_queue_ids": "yes",
        "message_size_limit": SIZE_LIMIT,
        "header_size_limit": SIZE_LIMIT,
        "smtp_line_length_limit": "0",
        "cleanup_replace_stray_cr_lf": "no",
        "local_header_rewrite_clients": "",
        "smtpd_recipient_limit": "50000",
        "smtpd_client_connection_count_limit": "0",
        "smtpd_client_event_limit_exceptions": "127.0.0.0/8",
        "smtpd_error_sleep_time": "0",
        "smtpd_soft_error_limit": "10000",
        "smtpd_hard_error_limit": "10000",
        "smtp_destination_recipient_limit": "50000",
        "default_destination_concurrency_failed_cohort_limit": "1000",
        "smtp_tls_security_level": "none",
        "notify_classes": "",
        "queue_run_delay": "1s",
        "minimal_backoff_time": "1s",
        "maximal_backoff_time": "1s",
        **settings,
    }
    return "".join(f"{name} = {value}\n" for name, value in values.items())


def _hold_header(home: Path) -> Path:
    path = home / "hold_header"
    path.write_text("/^X-Sekisho-Hold:/ HOLD a rule of Sekisho\n")
    return path


def _no_hold_header(home: Path) -> Path:
    path = home / "no_hold_header"
    path.write_text("/^X-Sekisho-Hold:/ IGNORE\n")
    return path


def master_cf(ports: Ports, signer: str) -> str:
    """master.cf: the listeners, and the services that one queue and one way out need."""
    reinject = {
        "smtpd_milters": signer,
        "milter_macro_daemon_name": "reinject",
        "cleanup_service_name": "cleanup-reinject",
        "message_size_limit": SIZE_LIMIT + ROOM,
    }
    lines = [
        _service(f"127.0.0.1:{ports.public}", "inet", "smtpd", {"milter_macro_daemon_name": "public"}),
        _service(f"127.0.0.1:{ports.submission}", "inet", "smtpd", {"milter_macro_daemon_name": "submission"}),
        _service(f"127.0.0.1:{ports.reinject}", "inet", "smtpd", reinject),
        _service("pickup", "unix", "pickup", wakeup="60", limit="1"),
        _service("cleanup", "unix", "cleanup", limit="0"),
        _service("cleanup-reinject", "unix", "cleanup", {"message_size_limit": SIZE_LIMIT + ROOM}, limit="0"),
        _service("qmgr", "unix", "qmgr", wakeup="1", limit="1"),
        _service("rewrite", "unix", "trivial-rewrite"),
        _service("bounce", "unix", "bounce", limit="0"),
        _service("defer", "unix", "bounce", limit="0"),
        _service("trace", "unix", "bounce", limit="0"),
        _service("verify", "unix", "verify", limit="1"),
        _service("flush", "unix", "flush", wakeup="1000?", limit="0"),
        _service("proxymap", "unix", "proxymap"),
        _service("smtp", "unix", "smtp"),
        _service("relay", "unix", "smtp"),
        _service("showq", "unix", "showq", private="n"),
        _service("error", "unix", "error"),
        _service("retry", "unix", "error"),
        _service("discard", "unix", "discard"),
        _service("anvil", "unix", "anvil", limit="1"),
        _service("scache", "unix", "scache", limit="1"),
        _service("postlog", "unix-dgram", "postlogd", private="n", limit="1"),
    ]
    return "".join(lines)


_PUBLIC = frozenset({"pickup", "cleanup", "cleanup-reinject", "qmgr", "flush"})


def _service(
    name: str,
    kind: str,
    command: str,
    options: Mapping[str, object] | None = None,
    *,
    private: str = "",
    wakeup: str = "-",
    limit: str = "-",
) -> str:
    """One line: service, type, private, unprivileged, chroot (never), wakeup, maxproc, command and its options."""
    secrecy = private or ("n" if kind == "inet" or name in _PUBLIC else "-")
    words = [command, *(f"-o {{ {option} = {value} }}" for option, value in (options or {}).items())]
    return f"{name} {kind} {secrecy} - n {wakeup} {limit} {' '.join(words)}\n"
