"""The script that keepalived runs at every change of role, the first one included."""

from pathlib import PurePosixPath

from vipprov.guest import sysctl
from vipprov.guest.configuration import GuestFile

# SELinux lets keepalived run what lies in this folder without confining it.
SCRIPT = PurePosixPath("/usr/libexec/keepalived/vipprov-notify")
ROLES = PurePosixPath("/run/vipprov/role")

# keepalived is "started" before its virtual MAC has an interface, so ExecStartPost would be too
# early for the sysctls of that interface; its first change of role is the first moment after.
_CONTENT = f"""\
#!/bin/sh
# keepalived calls it: vipprov-notify INSTANCE <name> <state> <priority>
# It leaves "<state> <UTC time>" in {ROLES}/<name>, and applies our sysctls.
umask 022
name=$2 state=$3
case $name in "" | .* | */*) exit 64 ;; esac
mkdir -p {ROLES}
printf '%s %s\\n' "$state" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"{ROLES}/.$name.$$" &&
    mv -f "{ROLES}/.$name.$$" "{ROLES}/$name"
{sysctl.APPLY}
"""


def file() -> GuestFile:
    """Return the script: root's, and nobody else may write it, as script security demands."""
    return GuestFile(path=SCRIPT, content=_CONTENT, mode=0o755)
