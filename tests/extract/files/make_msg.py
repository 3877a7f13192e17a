"""Make ``message.msg`` with aspose-email-foss (MIT): ``python tests/extract/files/make_msg.py``."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from aspose.email_foss import msg


def main() -> None:
    """A message with a list attached, and a forwarded message that has an attachment of its own."""
    inner = EmailMessage()
    inner["Subject"] = "転送された件"
    inner["From"], inner["To"] = "a@example.com", "b@example.com"
    inner.set_content("中のメールの本文")
    inner.add_attachment("中の添付".encode("cp932"), maintype="application", subtype="x-text", filename="中.txt")
    outer = EmailMessage()
    outer["Subject"] = "社外秘の件"
    outer["From"], outer["To"] = "佐藤 <sato@example.com>", "山田 <yamada@partner.example>"
    outer.set_content("本文です")
    people = "氏名,電話\n山田,090-1234-5678\n".encode("cp932")
    outer.add_attachment(people, maintype="application", subtype="csv", filename="名簿.csv")
    outer.add_attachment(inner)
    msg.MapiMessage.from_email_message(outer).save(Path(__file__).parent / "message.msg")


if __name__ == "__main__":
    main()
