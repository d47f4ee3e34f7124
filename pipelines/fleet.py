"""The pairs that exist, known by the marks on their machines."""

from dataclasses import dataclass
from pathlib import Path

from vipprov.guest import pairfile
from vipprov.guest.errors import MissingError
from vipprov.guest.pair import Pair
from vipprov.hv.machine import Machine
from vipprov.hv.machines import Machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """One pair as it exists on a hypervisor."""

    name: str
    machines: tuple[Machine, ...]


def pairs(machines: Machines) -> tuple[Fleet, ...]:
    """Return all pairs on this hypervisor, by name."""
    ours = tuple(machine for machine in machines.list() if machine.mark is not None)
    names = sorted({machine.mark.pair for machine in ours if machine.mark is not None})
    return tuple(
        Fleet(name=name, machines=tuple(one for one in ours if one.mark and one.mark.pair == name))
        for name in names
    )


def unfinished(found: Fleet) -> tuple[str, ...]:
    """Return a line for each machine that a run has begun, and has not finished or not yet."""
    return tuple(
        f"{machine.name} is unfinished: a run works on it, or `vipprov vm create` goes on with it."
        for machine in found.machines
        if machine.mark is not None and not machine.mark.ready
    )


def unreadable(machines: Machines) -> tuple[str, ...]:
    """Return a line for each machine of which nobody can tell whose it is."""
    return tuple(
        f"{machine.name} is left out: {machine.mark_error}"
        for machine in machines.list()
        if machine.mark_error
    )


def members(machines: Machines, name: str) -> tuple[str, ...]:
    """Return the names of the pair's machines: none where there is no such pair."""
    found = next((one for one in pairs(machines) if one.name == name), None)
    if found is None:
        return ()
    everyone = (*found.machines, *damaged(machines, found))
    return tuple(sorted(machine.name for machine in everyone))


def damaged(machines: Machines, found: Fleet) -> tuple[Machine, ...]:
    """Return the machines that the pair's file names, and whose own marks cannot be read."""
    unreadable_ones = tuple(machine for machine in machines.list() if machine.mark_error)
    if not unreadable_ones:
        return ()
    names = {guest.name for guest in told(found).guests}
    return tuple(machine for machine in unreadable_ones if machine.name in names)


def guest(machines: Machines, name: str) -> Machine:
    """Return the machine of this name, or raise MissingError; a pair's name gets its guests."""
    found = machines.show(name)
    if found is not None:
        return found
    inside = members(machines, name)
    if inside:
        raise MissingError(f"{name} is a pair.", hint=f"Name a guest of it: {', '.join(inside)}.")
    raise MissingError(
        f"There is no machine {name}.", hint="`vipprov vm list` shows those of pairs."
    )


def pair(machines: Machines, name: str) -> Fleet:
    """Return the pair of this name, or raise MissingError."""
    known = pairs(machines)
    for found in known:
        if found.name == name:
            return found
    machine = machines.show(name)
    if machine is not None and machine.mark is not None:
        raise MissingError(f"{name} is a guest.", hint=f"Its pair is called {machine.mark.pair}.")
    if name.endswith((".yaml", ".yml")):
        raise MissingError(
            f"There is no pair called {name}.", hint="Give the `name:` in that file, not the file."
        )
    names = ", ".join(one.name for one in known) or "none"
    raise MissingError(
        f"There is no pair called {name}.",
        hint=f"Pairs here: {names}. `--on` looks on another hypervisor.",
    )


def described(machines: Machines, name: str) -> Pair:
    """Return the pair as the file said that it was last brought up to."""
    return told(pair(machines, name))


def told(found: Fleet) -> Pair:
    """Return the same of a pair that has been looked at already."""
    for machine in found.machines:
        if machine.mark is not None and machine.mark.source:
            return pairfile.parse(machine.mark.source.encode(), path=Path(machine.mark.origin))
    raise MissingError(
        f"{found.name} does not remember its pair file.",
        hint="Run `vipprov vm create` with it again.",
    )
