"""Whether a domain takes mail, as the DNS says (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

import dns.exception
import dns.resolver


def why_no_mail(domain: str, seconds: float = 3.0) -> str:
    """Why mail to the domain cannot arrive; empty when it can, by MX or by address."""
    resolver = dns.resolver.Resolver()
    resolver.lifetime = seconds
    try:
        exchanges = [str(answer.exchange) for answer in resolver.resolve(domain, "MX")]
    except dns.resolver.NoAnswer:
        return _without_exchange(resolver, domain)
    except dns.exception.DNSException as error:
        return f"{domain}: {error}"
    return f"{domain} says that it takes no mail (null MX)" if exchanges == ["."] else ""


def _without_exchange(resolver: dns.resolver.Resolver, domain: str) -> str:
    for kind in ("A", "AAAA"):
        try:
            resolver.resolve(domain, kind)
        except dns.exception.DNSException:
            continue
        return ""
    return f"{domain} has neither an MX record nor an address"
