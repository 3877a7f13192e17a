"""The registered domain of a name: what an organisation owns, by the public suffix list that comes with the library.

``mail.example.co.jp`` belongs to ``example.co.jp``; private suffixes (``github.io``) count, as their sub-domains have
owners of their own. Names are spelled by `normal_domain`; what is longer than a name can be (RFC 1035 2.3.4) comes
back as it is, and is not remembered.
"""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

LONGEST = 255


def registered_domain(domain: str) -> str:
    """The registered domain; the name itself where there is none."""
    return _split(domain)[0] if len(domain) <= LONGEST else domain


def public_suffix(domain: str) -> str:
    """``co.jp`` of ``example.co.jp``; empty where the name is not below any."""
    return _split(domain)[1] if len(domain) <= LONGEST else ""


def is_known_suffix(domain: str) -> bool:
    """Whether the name ends in a suffix that is on the list, rather than in a last label that nobody delegates."""
    return len(domain) <= LONGEST and bool(_suffixes().publicsuffix(domain, accept_unknown=False))


@lru_cache(maxsize=16_384)
def _split(domain: str) -> tuple[str, str]:
    if domain.startswith("["):  # an address literal (RFC 5321 4.1.3)
        return domain, ""
    suffixes = _suffixes()
    return suffixes.privatesuffix(domain) or domain, suffixes.publicsuffix(domain) or ""


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
