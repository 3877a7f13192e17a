"""What a milter session sees of libmilter: pymilter's context object, with its checks, libmilter's and our own."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import Milter

from integration.fake_queue import QueueFile
from sekisho.core.message import Client


class Macros:
    """Macros by the step from which on they are known, as Postfix sends them."""

    def __init__(self, client: Client, more: Mapping[str, str]) -> None:
        self.connect = {"j": "gateway.example", "v": "Postfix 3.7.11", "daemon_name": client.listener or "smtpd"}
        self.connect["_"] = f"{client.name or 'unknown'} [{client.address}]"
        self.helo = {"tls_version": client.tls, "cipher": client.cipher}
        self.mail = {"auth_authen": client.user, "auth_type": client.mechanism}
        self.late = {"i": "4XyZ1abcdz"}
        for known in (self.connect, self.helo, self.mail, self.late):
            known.update({name: value for name, value in more.items() if name in known})
        known_names = {*self.connect, *self.helo, *self.mail, *self.late}
        self.connect.update({name: value for name, value in more.items() if name not in known_names})

    def at(self, stage: str) -> dict[str, str]:
        known = dict(self.connect)
        if stage not in ("negotiate", "connect"):
            known |= self.helo
        if stage not in ("negotiate", "connect", "helo", "close", ""):
            known |= self.mail
        if stage == "eom":
            known |= self.late
        return known


class Context:
    """What a session sees of libmilter: pymilter's context object, with its checks and libmilter's."""

    def __init__(self, macros: Macros, failing: Collection[str]) -> None:
        self._failing = failing
        self.macros = macros
        self.stage = ""
        self.granted = 0
        self.protocol = 0
        self.queue: QueueFile | None = None
        self.reply: str | None = None
        self.edits: list[tuple[str | int, ...]] = []
        self.illegal: list[str] = []

    def getsymval(self, name: str) -> str | None:
        return self.macros.at(self.stage).get(name.strip("{}")) or None

    def setreply(self, code: str, enhanced: str | None, *texts: str) -> None:
        line = " ".join(filter(None, (code, enhanced, *texts)))
        if not re.fullmatch(r"[45]\d\d( [45]\.\d{1,3}\.\d{1,3})? [^\r\n]{0,980}", line) or len(texts) > 1:
            raise Milter.error("cannot set reply")
        if any(len(run) % 2 for run in re.findall("%+", line)):
            self.illegal.append(f"a single % in a reply: {line}")
        self.reply = line.replace("%%", "%")

    def addheader(self, name: str, value: str, index: int = -1) -> None:
        self._edit("addheader", Milter.ADDHDRS, name, value, index)
        if index < 0:
            self._file.add_header(*self._line(name, value))
        else:
            self._file.insert_header(index, *self._line(name, value))

    def chgheader(self, name: str, index: int, value: str | None) -> None:
        self._edit("chgheader", Milter.CHGHDRS, name, index, value or "")
        shown_name, shown = self._line(name, value) if value else (name.encode(), b"")
        self._file.change_header(shown_name, index, shown)

    def addrcpt(self, path: str, params: str | None = None) -> None:
        self._edit("addrcpt", Milter.ADDRCPT_PAR if params else Milter.ADDRCPT, path)
        self._file.add_recipient(path.encode())

    def delrcpt(self, path: str) -> None:
        self._edit("delrcpt", Milter.DELRCPT, path)
        self._file.remove_recipient(path.encode())

    def quarantine(self, reason: str) -> None:
        self._edit("quarantine", Milter.QUARANTINE, reason)
        self._file.held = reason

    def progress(self) -> None:
        """Nothing: nobody is waiting."""

    @property
    def _file(self) -> QueueFile:
        if self.queue is None:
            raise Milter.error("no message")
        return self.queue

    def _line(self, name: str, value: str) -> tuple[bytes, bytes]:
        """A field as it will stand in the queue file: the MTA adds the blank that was not negotiated."""
        blank = b"" if self.protocol & Milter.P_HDR_LEADSPC else b" "
        return name.encode(), blank + value.encode()

    def _edit(self, call: str, action: int, *arguments: str | int) -> None:
        """Check one edit and write it down."""
        if self.stage != "eom":
            self.illegal.append(f"{call} outside end-of-message")
        if not self.granted & action:
            self.illegal.append(f"{call} was not negotiated")
        for text in arguments:
            if isinstance(text, str):
                self._check(call, text)
        if call in self._failing:
            raise Milter.error(f"{call}: connection lost")
        self.edits.append((call, *arguments))

    def _check(self, call: str, text: str) -> None:
        text.encode()  # as pymilter: what is no UTF-8 raises in the milter
        if "\0" in text:
            self.illegal.append(f"{call}: NUL in {text!r}")
            raise ValueError("embedded null character")
        if "\r" in text or re.search(r"\n(?![ \t])", text):
            self.illegal.append(f"{call}: bare newline in {text!r}")
