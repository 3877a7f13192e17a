r"""People who choose by the link in their newest notice: what `events` calls

- ``alice@example.co.jp chooses cancel by her link`` (also ``his``, ``their``)
- ``bob@example.co.jp chooses reject because wrong-recipient by his link``
- ``alice@example.co.jp chooses drop-recipient for c@x.example by her link``
- ``bob@example.co.jp chooses approve with the code by his link``, or ``with a wrong code``, ``without the code``
- ``alice@example.co.jp takes it back``

The page is fetched and its form posted, as a browser does. A choice that is not taken fails the case, unless the
sentence says that it should not be: ``… in vain``.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy

from integration import waiting
from integration.sending import Send
from integration.world import Page, World

SENTENCE = re.compile(
    r"(?P<whom>\S+@\S+) (?:(?P<undo>takes it back)|chooses (?P<choice>[a-z-]+)(?: for (?P<for>\S+))?"
    r"(?: because (?P<reason>[a-z-]+))?(?: (?P<code>with the code|with a wrong code|without the code))? by \w+ link)"
    r"(?P<vain> in vain)?"
)
ANSWER = re.compile(r'(?P<whom>\S+@\S+) answers "(?P<line>[^"]*)" by mail')
_LINK = re.compile(r"https://\S+?/([ha]/[A-Za-z0-9_=-]{64})")
_CODE = re.compile(r"the code ([A-Z2-7]{4})\b")


def choose(world: World, found: re.Match[str]) -> None:
    """Do what the sentence says."""
    whom = found["whom"]
    text = waiting.until(lambda: _newest(world, whom), f"a notice with a link to {whom}")
    path = world.pages.get(whom, "")
    page = world.page("GET", path) if path else None
    if page is None or _is_chosen(page) is not bool(found["undo"]):
        path = f"/{_LINK.findall(text)[-1]}"
        page = world.page("GET", path)
    form = {"mark": _mark(page), **_form(page, found, text)}
    answer = world.page("POST", path, form)
    if bool(found["vain"]) is (answer.status == 303):
        raise AssertionError(f"{found[0]}: the page answered {answer.status}: {answer.text[-800:]}")
    if answer.status == 303:
        world.pages[whom] = f"{path.rpartition('/')[0]}/{answer.location}"


def answer(world: World, found: re.Match[str]) -> None:
    """Reply, authenticated, to the newest notice that says where to."""
    whom = found["whom"]
    to = waiting.until(lambda: _reply_to(world, whom), f"a notice to {whom} that can be answered")
    commands = (
        "EHLO laptop.example",
        f"XCLIENT ADDR=203.0.113.8 LOGIN={whom}",
        f"MAIL FROM:<{whom}>",
        f"RCPT TO:<{to}>",
    )
    message = f"From: {whom}\r\nTo: {to}\r\nSubject: Re: request\r\n\r\n{found['line']}\r\n\r\n> quoted\r\n"
    reply = world.send(Send(0, "public", (), 0, commands, message.encode()))
    assert reply.code == 250, f"{found[0]}: {reply}"


def _reply_to(world: World, whom: str) -> str:
    for arrival in reversed(world.arrivals()):
        if any(one.address == whom for one in arrival.recipients):
            mail = message_from_bytes(arrival.data, policy=policy.default)
            if mail["Reply-To"]:
                return str(mail["Reply-To"])
    return ""


def _newest(world: World, whom: str) -> str:
    """The text of the newest notice to somebody that has a link; empty where there is none yet."""
    for arrival in reversed(world.arrivals()):
        if any(one.address == whom for one in arrival.recipients):
            mail = message_from_bytes(arrival.data, policy=policy.default)
            body = mail.get_body(("plain",))
            text = str(body.get_content()) if body is not None else ""
            if _LINK.search(text):
                return text
    return ""


def _is_chosen(page: Page) -> bool:
    """Whether the page is one where a choice can be taken back."""
    return 'value="undo"' in page.text


def _mark(page: Page) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', page.text)
    return found[1] if found else ""


def _form(page: Page, found: re.Match[str], text: str) -> dict[str, str]:
    if found["undo"]:
        return {"choice": "undo"}
    form = {"choice": found["choice"]}
    if found["reason"]:
        form[f"reason:{found['choice']}"] = found["reason"]
    if found["code"] == "with the code":
        form["code"] = _CODE.findall(text)[-1]
    if found["code"] == "with a wrong code":
        form["code"] = "ZZZZ"
    if found["for"]:
        form["whom"] = _box(page, found["choice"], found["for"])
    return form


def _box(page: Page, choice: str, address: str) -> str:
    """What the page sends for a recipient that is ticked."""
    found = re.search(rf'value="({choice}:\d+)"> <bdi>{re.escape(address)}</bdi>', page.text)
    assert found, f"{address} cannot be picked: {page.text[-1500:]}"
    return found[1]
