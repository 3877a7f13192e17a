"""A private OpenLDAP server on a loopback port, with a small organisation in it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

from integration.waiting import answers, free_ports, until

SLAPD = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap")
SUFFIX = "dc=example,dc=com"
ADMIN, PASSWORD = f"cn=admin,{SUFFIX}", "geheim"
_LDIF = f"""\
dn: {SUFFIX}
objectClass: organization
objectClass: dcObject
dc: example
o: Example

dn: cn=Taro,{SUFFIX}
objectClass: inetOrgPerson
cn: Taro
sn: Yamada
displayName:: 5bGx55Sw
departmentNumber: Sales
manager: CN=Jiro, {SUFFIX.upper()}
preferredLanguage: ja-JP
mail: taro@example.com
mail: SMTP:t.yamada@example.com

dn: cn=Jiro,{SUFFIX}
objectClass: inetOrgPerson
cn: Jiro
sn: Suzuki
secretary: cn=Taro,{SUFFIX}
mail: jiro@example.com

dn: cn=Sales,{SUFFIX}
objectClass: groupOfNames
objectClass: extensibleObject
cn: Sales
member: cn=Taro,{SUFFIX}
owner: cn=Taro,{SUFFIX}
mail: sales@example.com

dn: cn=Nobody,{SUFFIX}
objectClass: inetOrgPerson
cn: Nobody
sn: Nobody
"""


class OpenLdap:
    """The server; nobody may read without a password."""

    def __init__(self, folder: Path) -> None:
        (folder / "data").mkdir()
        (folder / "data.ldif").write_text(_LDIF)
        self._conf = folder / "slapd.conf"
        self._conf.write_text(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
            "include /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
            f"pidfile {folder}/pid\ndatabase mdb\nmaxsize 10485760\nsuffix {SUFFIX}\nrootdn {ADMIN}\n"
            f"rootpw {PASSWORD}\ndirectory {folder}/data\naccess to * by users read by anonymous auth\n"
        )
        subprocess.run([str(SLAPD), "-T", "add", "-f", self._conf, "-l", folder / "data.ldif"], check=True)
        (self.port,) = free_ports(1)
        self.url = f"ldap://127.0.0.1:{self.port}"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it takes connections."""
        command = [str(SLAPD), "-d", "0", "-h", self.url, "-f", str(self._conf)]
        self._server = subprocess.Popen(command)
        until(lambda: answers(self.port), "slapd listens")

    def stall(self, *, on: bool = True) -> None:
        """Connections are taken and nothing is answered; or it goes on."""
        if self._server is not None:
            self._server.send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    def stop(self) -> None:
        """Nobody listens any more."""
        if self._server is not None:
            self.stall(on=False)
            self._server.terminate()
            self._server.wait()
            self._server = None
