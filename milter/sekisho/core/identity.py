"""Whether a message was offered before: the key by which a repeat finds its hold.

The MTA may lose our answer, or a client the MTA's; the same message then comes again under another queue-id. The key is
made of reverse-path, forward-paths with parameters, authenticated user, and the octets of body and header without
Received and without a Message-ID or Date that the gateway itself made (Postfix: ``<…QUEUEID@myhostname>``), which are
new each time.
"""

from __future__ import annotations

import hashlib

from sekisho.core.message import Field, Transaction, field_octets


def offer_key(transaction: Transaction) -> str:
    """64 hexadecimal digits; equal for a message and its repeat."""
    digest = hashlib.sha256()
    for piece in (transaction.client.user.encode("utf-8", "surrogateescape"), *_paths(transaction)):
        digest.update(b"%d:%b" % (len(piece), piece))
    ignored = _ignored(transaction)
    for field in transaction.fields:
        if field.key not in ignored:
            digest.update(field_octets(field))
    digest.update(b"\r\n")
    for chunk in transaction.body.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _paths(transaction: Transaction) -> list[bytes]:
    paths = (transaction.sender, *transaction.recipients)
    return [path.raw + b" " + " ".join(path.params).encode("utf-8", "surrogateescape") for path in paths]


def _ignored(transaction: Transaction) -> frozenset[str]:
    """Names of fields that may differ between a message and its repeat."""
    made = any(_made_by_gateway(field, transaction) for field in transaction.fields if field.key == "message-id")
    return frozenset({"received", "message-id", "date"} if made else {"received"})


def _made_by_gateway(field: Field, transaction: Transaction) -> bool:
    queue_id = transaction.queue_id.encode()
    return bool(queue_id) and b"." + queue_id + b"@" in field.value
