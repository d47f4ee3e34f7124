"""Judge what a guest found itself to be once it has done what its seed says."""

from vipprov.guest import versions
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.facts import Daemon, Role, Software
from vipprov.guest.pair import Guest, Pair
from vipprov.hv.machines import Machines
from vipprov.pipelines import inside, roles

DAEMON_SECONDS = 20.0
JOURNAL = ("journalctl", "--no-pager", "-q", "-n", "15", "-o", "cat", "-u", "keepalived.service")


def demand_able(machines: Machines, pair: Pair, guest: Guest, *, by: Deadline) -> frozenset[str]:
    """Return what the guest is MASTER of once keepalived runs; GuestError where it cannot.

    One that has a role since the guest has booted is not looked into any further, which would cost
    an emulated guest most of a second: `create` sees in its proof what runs there.
    """
    name = guest.name
    said = roles.said(machines, pair, guest, by=by.within(inside.ANSWER_SECONDS))
    if not {Role.MASTER, Role.BACKUP}.isdisjoint(said.values()):
        return roles.mastered(said)

    def running() -> Software | None:
        answered = by.within(inside.ANSWER_SECONDS)
        seen = roles.software(machines, name, by=answered)
        versions.refuse_old(versions.judge(versions.found(seen), subject=name), guest=name)
        if seen.daemon is Daemon.ABSENT:
            _demand_not_failed(machines, name, by=answered)
            return None
        return seen

    soon = by.within(DAEMON_SECONDS)
    soon.poll(running, what=f"keepalived to run in {name}", every=0.1)
    return frozenset()


def _demand_not_failed(machines: Machines, name: str, *, by: Deadline) -> None:
    done = machines.run(name, ("systemctl", "is-failed", "keepalived.service"), by=by)
    if done.code == 0:
        words = machines.run(name, JOURNAL, by=by)
        raise GuestError(
            f"keepalived died in {name}.",
            details=words.text.strip(),
            hint="Its own words say why; it reads `keepalived_extra` as it stands.",
        )
