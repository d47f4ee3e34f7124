"""Ask guests which of them owns the virtual IP."""

from collections.abc import Iterable, Mapping, Sequence

from vipprov.guest import facts_script, notify
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.facts import Facts, Role, Software
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machines import Guests, Runs
from vipprov.pipelines.sidebyside import each

Owned = Mapping[str, frozenset[str]]
"""By guest, the instances that it is MASTER of; without those that could not be asked."""


def owners(machines: Runs, names: Iterable[str], *, by: Deadline) -> frozenset[str]:
    """Return the guests that say they are MASTER of some instance."""
    asked = tuple(names)
    answers = each(asked, lambda name: facts(machines, name, by=by), by=by)
    return frozenset(
        name
        for name, seen in zip(asked, answers, strict=True)
        if any(file.role is Role.MASTER for file in seen.roles)
    )


def owned(machines: Guests, pair: Pair, guest: Guest, *, by: Deadline) -> frozenset[str]:
    """Return the instances that the guest's keepalived has last said MASTER of."""
    return mastered(said(machines, pair, guest, by=by))


def mastered(said: Mapping[str, Role | None]) -> frozenset[str]:
    """Return the instances of which MASTER was said."""
    return frozenset(name for name, role in said.items() if role is Role.MASTER)


def said(machines: Guests, pair: Pair, guest: Guest, *, by: Deadline) -> Mapping[str, Role | None]:
    """Return what the guest's keepalived has last said of each instance, if it has."""
    names = (one.name for one in instances(pair, guest))
    return {name: _role(machines, guest.name, name, by=by) for name in names}


def facts(machines: Runs, name: str, *, by: Deadline) -> Facts:
    """Return the facts of one guest, without sysctls."""
    return facts_script.parse(_told(machines, name, facts_script.command(()), by=by))


def facts_beside(
    machines: Runs, name: str, words: Sequence[str], *, by: Deadline, sysctls: Iterable[str]
) -> tuple[Facts, str]:
    """Return the facts of one guest, and what a program with these words printed meanwhile."""
    command = facts_script.command(sysctls, beside=words)
    told = _told(machines, name, command, by=by)
    return facts_script.parse(told), facts_script.parse_beside(told)


def software(machines: Runs, name: str, *, by: Deadline) -> Software:
    """Return what one guest runs."""
    return facts_script.parse_software(
        _told(machines, name, facts_script.software_command(), by=by)
    )


def _role(machines: Guests, name: str, instance: str, *, by: Deadline) -> Role | None:
    told = machines.read(name, str(notify.ROLES / instance), by=by) or b""
    word = told.partition(b" ")[0].decode(errors="replace")
    return next((role for role in Role if role.value == word), None)


def _told(machines: Runs, name: str, command: Sequence[str], *, by: Deadline) -> str:
    done = machines.run(name, command, by=by)
    if done.code != 0:
        raise GuestError(
            f"{name} could not tell its facts.", details=done.stderr.decode(errors="replace")
        )
    return done.text
