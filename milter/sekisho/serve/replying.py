"""Mail to the address of notices that may be somebody's answer: recognised before the policy is asked."""

from __future__ import annotations

from sekisho.config.load import Configuration
from sekisho.core.domains import normal_domain
from sekisho.core.message import Transaction
from sekisho.core.ports import Reader
from sekisho.quarantine.answering import answer
from sekisho.store import Store

_LONGEST_LINE = 100


class Replies:
    """For one gateway; used by many threads at once."""

    def __init__(self, configuration: Configuration, reader: Reader, store: Store) -> None:
        local, _, domain = configuration.settings.notices_from.rpartition("@")
        self._prefix = f"{local.lower()}+"
        self._domain = normal_domain(domain)
        self._site = configuration.site
        self._reader = reader
        self._store = store

    def took(self, transaction: Transaction) -> bool:
        """Whether the message was an answer and is dealt with. Raises `StoreUnavailable`."""
        tag = self._tag(transaction)
        if not tag or not transaction.client.user or not self._site.trusts(transaction.client):
            return False
        return answer(self._store, tag, transaction, self._first_line(transaction), transaction.received)

    def _tag(self, transaction: Transaction) -> str:
        """What stands behind the plus of the one recipient; empty where the mail is to somebody else."""
        if len(transaction.recipients) != 1:
            return ""
        (path,) = transaction.recipients
        local = path.local.lower()
        is_ours = path.domain == self._domain and local.startswith(self._prefix)
        return local.removeprefix(self._prefix) if is_ours else ""

    def _first_line(self, transaction: Transaction) -> str:
        """Of the text that people read first."""
        parts = (part for part in self._reader.structure(transaction).parts if not part.attached)
        text = next((self._reader.text(part) for part in parts if part.type.startswith("text/")), "")
        return text.partition("\n")[0][:_LONGEST_LINE]
