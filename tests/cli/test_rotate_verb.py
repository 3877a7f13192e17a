"""A change of the key that seals held mail is on record."""

from __future__ import annotations

import base64

from tests.cli.conftest import Site


def test_a_change_of_keys_is_on_record_with_what_names_the_key(site: Site) -> None:
    site.hold()
    key = site.home / "key"
    key.write_bytes(base64.b64encode(bytes(32)))
    key.chmod(0o600)
    text = site.config.read_text()
    site.config.write_text(text.replace("min-free: 0", f"min-free: 0, keys: [{key}]"))
    assert site.run("db", "rotate", "--json").json == {"ok": True, "changed": 1}
    began, done = (row for row in site.run("audit", "list", "--json").lines if row["action"].startswith("rotate"))
    assert [began["action"], done["action"], done["role"]] == ["rotate", "rotated", "operator"]
    assert began["details"].keys() == {"key"}
    assert done["details"] == {**began["details"], "changed": 1}
    assert site.run("audit", "verify").code == 0
