"""What is made of a held message's octets before they leave: repeatable, and never inside SMTP."""
