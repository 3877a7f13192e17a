"""What looks into messages: one file an inspector, with its codes, its settings, and `inspect`.

Inspectors report what they notice as findings and decide nothing. They ask `core.facts.Facts` for everything, never
raise on content, and take time linear in the message.
"""
