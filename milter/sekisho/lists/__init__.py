"""The site's lists of addresses and domains, from wherever they are kept."""
