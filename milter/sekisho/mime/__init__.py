"""Octets to meaning: addresses, header text, parts, body text, media types; every reading that receivers may have.

Nothing here raises on content. What can be read in two ways is given in both and reported as an anomaly.
"""
