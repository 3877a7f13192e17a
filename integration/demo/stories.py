"""The demo's stories: each sends a mail, says what should happen, looks, and shows what it found."""

from __future__ import annotations

import textwrap
from collections import Counter

from integration import waiting
from integration.demo.stage import Stage
from integration.message_octets import apart, without_trace
from integration.seen import samples

OPENING = """
Sekisho in a minute
===================
Sekisho stands beside a mail server and looks at every outgoing message before it leaves. Here it does so for real:
a Postfix of its own, on loopback only, passes each mail to Sekisho and then to a mailbox that keeps what arrives.
Nothing of this machine's own mail service is used or changed."""

ALICE = "alice@example.com"
MEMBERS = [f"member{number}@{club}.example" for club in ("chess", "rowing", "choir") for number in range(1, 5)]
MARK = "X-Sekisho-Hold"


def scene(stage: Stage) -> str:
    """Where things are."""
    ports = stage.postfix.ports
    return _wrapped(
        f"Postfix listens on 127.0.0.1:{ports.public}; released mail comes back to it on {ports.reinject}. Sekisho "
        "runs with the sample policy, conf/policy.yaml. Our organisation is example.com; all others are outside."
    )


def clean(stage: Stage) -> None:
    _title("1. An ordinary mail")
    message = _message("bob@partner.example", "", "Lunch?", "Shall we meet at noon?")
    _send(stage, ["bob@partner.example"], message, "Alice asks Bob for lunch. No rule has anything to say about it.")
    got = _one(stage, "bob@partner.example")
    _must(without_trace(got, 1) == message, "Bob's copy is what Alice sent")
    _found("Bob has it, octet for octet as Alice sent it, below the Received field that every mail server adds.")


def newsletter(stage: Stage) -> None:
    _title("2. A newsletter whose author forgot Bcc")
    message = _message(", ".join(MEMBERS[:8]), ", ".join(MEMBERS[8:]), "Our autumn letter", "Dear friends, ...")
    _send(stage, MEMBERS, message, "Twelve outside people stand in To and Cc: each would see all the others.")
    wanted = [line.octets for line in apart(message).header if line.name not in ("To", "Cc")]
    for member in MEMBERS:
        got = _one(stage, member)
        arrived = apart(without_trace(got, 1) or b"")
        _must([line.value for line in arrived.fields("To")] == ["undisclosed-recipients:;"], f"To of {member}")
        _must(not arrived.fields("Cc"), f"no Cc for {member}")
        _must([line.octets for line in arrived.header if line.name != "To"] == wanted, f"other fields of {member}")
        _must(arrived.body == apart(message).body, f"text of {member}")
    _show("To: undisclosed-recipients:;")
    _found("Each of the twelve has it, with this one line where To and Cc were. Nothing else of the mail has changed.")


def confidential(stage: Stage) -> None:
    _title("3. A confidential paper, to a colleague and to somebody outside")
    message = _message("carol@example.com, dan@rival.example", "", "Figures", "CONFIDENTIAL: next year's prices.")
    _send(stage, ["carol@example.com", "dan@rival.example"], message, "Its text says that it is confidential.")
    colleague = _one(stage, "carol@example.com")
    _must(without_trace(colleague, 1) == message, "Carol's copy is what Alice sent")
    _must(not stage.got("dan@rival.example"), "Dan has nothing yet")
    _found("Carol is a colleague and has it. Dan is not: his copy waits, safe on disk, until somebody decides.")
    hold = stage.sekisho("quarantine", "list", "--quiet").strip()
    _command(f"sekisho quarantine show {hold}", stage.sekisho("quarantine", "show", hold))
    before = _copies(stage)
    _command(f"sekisho quarantine release {hold}", stage.sekisho("quarantine", "release", hold))
    released = _one(stage, "dan@rival.example")
    _must(without_trace(released, 2) == message, "Dan's copy is what Alice sent")
    newly = _copies(stage) - before
    _must(newly == Counter(["dan@rival.example"]), f"only Dan got something, not {newly}")
    _found("Now Dan has it, octet for octet, below one more Received field (ours), and nobody else got anything.")


def marked(stage: Stage) -> None:
    _title("4. A mail that is only marked")
    people = ["eve@north.example", "finn@south.example"]
    message = _message(", ".join(people), "", "Meeting", "Shall we all meet?")
    _send(stage, people, message, "People of two companies see each other. The policy only marks such mail.")
    stage.postfix.wait_until_idle()
    kept = [entry for entry in stage.postfix.queue() if entry["queue_name"] == "hold"]
    _must(len(kept) == 1, "Postfix holds this one mail")
    held = kept[0]
    header = apart(stage.postfix.header(held["queue_id"]).replace("\n", "\r\n").encode()).fields(MARK)
    _must(len(header) == 1, "the queued mail has the mark")
    _show(header[0].octets.decode().strip())
    _found("That line was added. This Postfix is told to keep mail with such a line in its own hold queue.")
    stage.postfix.release(held["queue_id"])
    waiting.until(lambda: all(map(stage.got, people)), "the marked mail arrives")
    _must(all(without_trace(stage.got(one)[0], 1) == message for one in people), "the mark does not leave")
    _found("An administrator lets it go (postsuper -H); on its way out the mark is taken off again.")


def counted(stage: Stage) -> None:
    _title("5. What the numbers say")
    page = stage.daemon.get("/metrics") or ""
    wanted = ("sekisho_messages_total", "sekisho_rule_matches_total", "sekisho_releases_total", "sekisho_holds{")
    for line in page.splitlines():
        if line.startswith(wanted):
            _show(line)
    numbers = samples(page)
    _must(numbers['sekisho_messages_total{disposition="accept"}'] == 3, "three messages were accepted")
    _must(numbers['sekisho_messages_total{disposition="hold"}'] == 1, "one message was held")
    _must(numbers['sekisho_releases_total{outcome="sent"}'] == 1, "one copy was released")
    _found("These lines of http://…/metrics are for Prometheus; a dashboard and alert rules read the same.")


def _copies(stage: Stage) -> Counter[str]:
    """How many copies everybody has got; Alice, who gets notices of ours and no mail of hers, apart."""
    arrived = [recipient.address for arrival in stage.delivered() for recipient in arrival.recipients]
    return Counter(address for address in arrived if address != ALICE)


def _one(stage: Stage, address: str) -> bytes:
    """The one message that somebody has got."""
    got = stage.got(address)
    _must(len(got) == 1, f"{address} has got {len(got)} messages")
    return got[0]


def _message(to: str, cc: str, subject: str, text: str) -> bytes:
    fields = [f"From: Alice <{ALICE}>", f"To: {to}", *([f"Cc: {cc}"] if cc else []), f"Subject: {subject}"]
    name = subject.split(maxsplit=1)[0].strip("?").lower()
    return "\r\n".join([*fields, f"Message-ID: <{name}@example.com>", "", text, ""]).encode()


def _send(stage: Stage, recipients: list[str], message: bytes, about: str) -> None:
    print(_wrapped(about))
    answer = stage.send(ALICE, recipients, message)
    _must(answer.ok, f"Postfix answered {answer}")
    _show(f"Postfix answers Alice: {answer}")


def _must(so: bool, what: str) -> None:
    if not so:
        raise AssertionError(f"not so: {what}")


def _title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100)


def _found(text: str) -> None:
    print(textwrap.fill(text, 100, initial_indent="=> ", subsequent_indent="   "))


def _show(text: str) -> None:
    print(textwrap.indent(text, "     "))


def _command(words: str, output: str) -> None:
    _show(f"$ {words}\n{output.rstrip()}")
