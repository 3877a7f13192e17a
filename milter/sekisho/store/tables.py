"""The tables, as SQLAlchemy sees them; `migrations` makes them and a test compares the two.

A *message* is what the MTA gave, once; its octets are rows of ``chunks`` or a file. A *hold* is a deposit of it:
*recipients* that wait for the same *waits* (locks), and *asks*: people who were asked to open one. Recipients and locks
know when their hold was made, which is when its message was received: they are found in that order. A *release* row
exists while something is to be sent. The *outbox* holds notices to send; *tokens* stand in their links, *choices* are
what was chosen by them. The *audit* outlives them all and refers to nothing by key.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table

from sekisho.store.indexes import address_key, has_other_owner, some
from sekisho.store.types import InState, Json, Moment, Prose

metadata = MetaData(
    naming_convention={"ix": "%(table_name)s_%(column_0_N_name)s", "fk": "%(table_name)s_%(column_0_N_name)s_fk"}
)
_ID = String(26)

messages = Table(
    "messages",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("offer_key", String(64), nullable=False),
    Column("received", Moment, nullable=False),
    Column("host", Prose, nullable=False),
    Column("instance", Prose, nullable=False),
    Column("queue_id", Prose, nullable=False),
    Column("sender_raw", LargeBinary, nullable=False),
    Column("sender_params", Json, nullable=False),
    Column("sender", Prose, nullable=False),
    Column("client", Json, nullable=False),
    Column("subject", Prose, nullable=False),
    Column("sender_of_record", Prose, nullable=False),
    Column("answer_to", Prose, nullable=False),
    Column("message_id", Prose, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("header", Json, nullable=False),
    Column("in_file", Integer, nullable=False),
    Column("purged", Moment),
    Index("messages_offered", "offer_key", "received"),
)
Index("messages_by_sender", address_key(messages.c.sender), messages.c.received)
some("messages_by_owner", has_other_owner(messages), address_key(messages.c.sender_of_record), messages.c.received)

chunks = Table(
    "chunks",
    metadata,
    Column("message", _ID, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("octets", LargeBinary, nullable=False),
)

pieces = Table(
    "pieces",
    metadata,
    Column("message", _ID, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("written", Moment, nullable=False),
    Column("octets", LargeBinary, nullable=False),
)
"""Content above 64 KiB where it is not in files; there before its message, so it refers to nothing."""

holds = Table(
    "holds",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("message", _ID, ForeignKey("messages.id"), nullable=False, index=True),
    Column("state", InState, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),
    Column("rules", Json, nullable=False),
    Column("changes", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("offered", Integer, nullable=False),
    Column("outcome", String(32), nullable=False, server_default=""),
    Column("passed", Integer, nullable=False, server_default="0"),
    Column("offers", Json, nullable=False, server_default="{}"),
    Column("campaign", String(26)),
    Column("legal_hold", Prose, nullable=False, server_default=""),
    Index("holds_by_age", "created", "id"),
)
_H = holds.c
some("holds_by_state", _H.campaign.is_(None), _H.state, _H.created, _H.id)
some("holds_of_campaign", _H.campaign.is_not(None), _H.state, _H.campaign, _H.created, _H.id)
some("holds_by_expiry", _H.expires.is_not(None), _H.expires)

recipients = Table(
    "recipients",
    metadata,
    Column("hold", _ID, ForeignKey("holds.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("raw", LargeBinary, nullable=False),
    Column("params", Json, nullable=False),
    Column("address", Prose, nullable=False),
    Column("created", Moment, nullable=False, server_default="0"),
    Column("state", InState, nullable=False),
    Column("decided", Moment),
    Column("decided_by", Prose, nullable=False),
    Column("reply", Prose, nullable=False),
    Column("attempts", Integer, nullable=False),
)
Index("recipients_by_address", address_key(recipients.c.address), recipients.c.created, recipients.c.hold)

waits = Table(
    "waits",
    metadata,
    Column("hold", _ID, ForeignKey("holds.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("rule", Prose, nullable=False),
    Column("created", Moment, nullable=False, server_default="0"),
    Column("approval", Prose, nullable=False),
    Column("expires", Moment),
    Column("on_expiry", String(16), nullable=False),
    Column("opened", Moment),
    Column("opened_by", Prose, nullable=False),
    Column("due", Moment, index=True),
    Column("terms", Json, nullable=False, server_default="{}"),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("started", Moment),
    Column("ran_out", Moment),
    Column("ask", Moment, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("among", Json, nullable=False, server_default="[]"),
    Column("checking", Moment),
    Index("waits_by_rule", "rule", "created", "hold"),
)
some("waits_checking", waits.c.checking.is_not(None), waits.c.checking)
"""Since when somebody is to check what has gone: of so few locks that lists find them at once."""

asks = Table(
    "asks",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("hold", _ID, ForeignKey("holds.id"), nullable=False, index=True),
    Column("lock", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("role", Prose, nullable=False),
    Column("person", Prose, nullable=False, index=True),
    Column("principal", Prose, nullable=False),
    Column("why", String(32), nullable=False),
    Column("asked", Moment, nullable=False),
    Column("told", Moment),
    Column("unreached", Moment),
    Column("due", Moment, index=True),
    Column("answered", Moment),
    Column("answer", String(16), nullable=False),
    Column("covers", Json, nullable=False),
    Column("reason", Prose, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("hold", _ID, ForeignKey("holds.id"), primary_key=True),
    Column("decided", Moment, nullable=False),
    Column("due", Moment, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("owner", Prose, nullable=False),
    Column("leased_until", Moment),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("opened", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("widest", Json, nullable=False),
    Column("event", String(16), nullable=False),
    Column("decided", Moment),
    Column("decided_by", Prose, nullable=False),
    Column("role", String(16), nullable=False),
    Column("reason", Prose, nullable=False),
    Column("fixes", Json, nullable=False),
    Column("due", Moment, index=True),
    Column("owner", Prose, nullable=False),
    Column("leased_until", Moment),
    Index("campaigns_by_key", "key", "until"),
)

remembered = Table(
    "remembered",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("key", String(64), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("rule", Prose, nullable=False),
    Column("sender", Prose, nullable=False),
    Column("recipient", Prose, nullable=False),
    Column("codes", Json, nullable=False),
    Column("hold", String(26), nullable=False, index=True),
    Column("person", Prose, nullable=False),
    Column("created", Moment, nullable=False),
    Column("until", Moment, nullable=False, index=True),
)

traffic = Table(
    "traffic",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("instance", Prose, primary_key=True),
    Column("messages", BigInteger, nullable=False),
    Column("outbound", BigInteger, nullable=False),
)

journal_cursors = Table(
    "journal_cursors",
    metadata,
    Column("instance", Prose, primary_key=True),
    Column("segment", Prose, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("hold", String(26), nullable=False, index=True),
    Column("payload", Json, nullable=False),
    Column("once", String(64), index=True),
    Column("created", Moment, nullable=False),
    Column("due", Moment, index=True),
    Column("attempts", Integer, nullable=False),
    Column("owner", Prose, nullable=False),
    Column("leased_until", Moment),
    Column("outcome", String(16), nullable=False),
    Column("reply", Prose, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("hold", _ID, ForeignKey("holds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("person", Prose, nullable=False),
    Column("notice", String(26), nullable=False),
    Column("choice", String(26), nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    Column("wrong", Integer, nullable=False),
)

choices = Table(
    "choices",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("hold", _ID, ForeignKey("holds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person", Prose, nullable=False),
    Column("choice", String(32), nullable=False),
    Column("recipients", Json, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("made", Moment, nullable=False),
    Column("due", Moment, index=True),
    Column("outcome", String(16), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", Prose, nullable=False),
    Column("role", String(16), nullable=False),
    Column("action", String(32), nullable=False),
    Column("hold", String(26), nullable=False, index=True),
    Column("reason", Prose, nullable=False),
    Column("details", Json, nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
