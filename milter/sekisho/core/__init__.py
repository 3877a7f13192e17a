"""The words of DESIGN as types: messages, facts, findings, rules, decisions, plans, the life of a hold.

Nothing here does input or output, reads a clock or knows another package of ours.
"""
