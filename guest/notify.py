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

# keepalived does not wait for one call before it makes the next, and a role may last for 20 ms.
# The kernel knows which of two calls began later; ours gives way to that one.
read -r stat </proc/$$/stat
set -- $stat
began=${{22}}
mkdir -p {ROLES} && cd {ROLES} || exit
exec 9>.lock
flock 9
last=0 pid=0
[ -e ".$name.began" ] && read -r last pid <".$name.began"
if [ "$began" -gt "$last" ] || {{ [ "$began" -eq "$last" ] && [ $$ -gt "$pid" ]; }}; then
    echo "$began $$" >".$name.began"
    echo "$state $(date -u +%Y-%m-%dT%H:%M:%SZ)" >".$name.new"
    mv -f ".$name.new" "$name"
fi
exec 9>&-

{sysctl.APPLY}
"""


def file() -> GuestFile:
    """Return the script: root's, and nobody else may write it, as script security demands."""
    return GuestFile(path=SCRIPT, content=_CONTENT, mode=0o755)
