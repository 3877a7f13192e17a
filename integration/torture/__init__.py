"""Killing Sekisho at random moments while real mail flows, and asking afterwards where every message is.

`trial` plays the rounds: real Postfix, a serving Sekisho, clients, somebody who decides on holds, a hand that kills.
`judgement` compares what clients were told with where each recipient's copy is. `sweep` is for single system calls.
"""
