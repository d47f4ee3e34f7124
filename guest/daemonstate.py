"""How keepalived is: the command that asks systemd and the kernel, and the reader of its answer."""

from vipprov.guest import handover
from vipprov.guest.facts import Daemon

_STOPPED = ("T", "t")  # and traced; proc_pid_status(5)

# A handover freezes keepalived for a while, and thaws it itself. Each process has its own state.
_SCRIPT = f"""
systemctl is-active --quiet keepalived.service || exit
systemctl is-active --quiet {handover.UNIT}.service && exit
main=$(systemctl show --property=MainPID --value keepalived.service)
for process in $main $(cat /proc/$main/task/$main/children); do
    sed -n 's/^State:[[:space:]]*//p' /proc/$process/status
done
exit 0
"""

COMMAND = ("sh", "-c", _SCRIPT)


def told(code: int, states: str) -> Daemon:
    """Return how it is, by the answer of the command: the states of its processes."""
    if code != 0:
        return Daemon.ABSENT
    return Daemon.FROZEN if is_frozen(states) else Daemon.RUNNING


def is_frozen(states: str) -> bool:
    """Say whether one of these processes is stopped, by the lines that the kernel has on each."""
    return any(line.startswith(_STOPPED) for line in states.split("\n"))
