"""Change running guests without making them anew, and with never more than one owner of the vIP."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from vipprov.guest import update
from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.undo import Undo
from vipprov.hv.machines import Machines
from vipprov.hv.mark import Mark
from vipprov.pipelines import guestfiles, livechange, roles
from vipprov.pipelines.actions import Reconfigure

STEP_BACK_SECONDS = 10.0


class Act(Protocol):
    """Does one thing by a deadline."""

    def __call__(self, *, by: Deadline) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a change, and the seconds that it gets when it is taken back."""

    what: str
    act: Act
    back: float = STEP_BACK_SECONDS


class Turn(Protocol):
    """What becomes of one guest when it is its turn."""

    def __call__(self, change: Reconfigure, *, by: Deadline) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The guests that change, by what they are to the vIP.

    `disruptive`: one that has changed and one that has not would both take the vIP. `election` is
    the seconds that an owner may take to find out that it still is one.
    """

    owners: tuple[Reconfigure, ...]
    backups: tuple[Reconfigure, ...]
    disruptive: bool
    election: float


def apply(
    changes: Sequence[Reconfigure],
    machines: Machines,
    undo: Undo,
    *,
    by: Deadline,
    election: float,
    say: Callable[[str], None],
) -> None:
    """Change the guests one after another, and remember how to change them back."""
    if not changes:
        return
    members = _members(changes, machines, by=by, election=election)
    marks = {name: machine.mark for name in _names(changes) if (machine := machines.show(name))}
    if any(mark is not None and mark.pending for mark in marks.values()):
        say("An earlier run was cut short in this change: if this one fails, it is not taken back.")
    else:
        _remember(undo, members, machines, marks, clock=by.clock)
    for change in changes:
        mark = replace(change.guest.spec.mark, ready=True, pending=True)
        machines.set_mark(change.guest.spec.name, mark)
    if members.disruptive:
        say("the change touches what all members share: the backups stop while the owner changes")
    for step in _steps(members, machines, partial(_change, machines)):
        step.act(by=by)


def _members(
    changes: Sequence[Reconfigure], machines: Machines, *, by: Deadline, election: float
) -> Members:
    names = roles.owners(machines, _names(changes), by=by)
    return Members(
        owners=tuple(change for change in changes if change.guest.spec.name in names),
        backups=tuple(change for change in changes if change.guest.spec.name not in names),
        disruptive=any(update.disruptive(change.changes) for change in changes),
        election=election,
    )


def _steps(members: Members, machines: Machines, turn: Turn) -> Iterator[Step]:
    """Return what is done, in order: the owner comes first, for a backup must not be faster.

    A change of what all members must share would make each side deaf to the other, and both owners.
    So the backups stop first, the owner changes alone, and the backups come back to its new words;
    one that came sooner could take the vIP away.
    """
    stops = members.backups if members.disruptive else ()
    for name in _names(stops):
        yield Step(
            what=f"keepalived in {name}",
            act=partial(livechange.run, machines, name, livechange.STOP),
        )
    for change in members.owners:
        name = change.guest.spec.name
        yield Step(what=f"the configuration of {name}", act=partial(turn, change))
    if stops and members.owners:
        yield Step(
            what="the owner of the vIP",
            act=partial(_await_owner, members, machines),
            back=members.election,
        )
    for change in members.backups:
        name = change.guest.spec.name
        yield Step(what=f"the configuration of {name}", act=partial(turn, change))
        if stops:
            yield Step(
                what=f"keepalived in {name}",
                act=partial(livechange.run, machines, name, livechange.START),
            )


def _remember(
    undo: Undo,
    members: Members,
    machines: Machines,
    marks: Mapping[str, Mark | None],
    *,
    clock: Clock,
) -> None:
    """Remember how to change the guests back, by the same steps; until then they are pending."""

    def soon(step: Step) -> None:
        step.act(by=Deadline.after(step.back, clock=clock))

    steps = tuple(_steps(members, machines, partial(_change_back, machines, marks)))
    for step in reversed(steps):
        undo.later(step.what, partial(soon, step))


def _change(machines: Machines, change: Reconfigure, *, by: Deadline) -> None:
    livechange.make(machines, change.guest, change.changes, by=by)


def _change_back(
    machines: Machines, marks: Mapping[str, Mark | None], change: Reconfigure, *, by: Deadline
) -> None:
    name = change.guest.spec.name
    files = guestfiles.read(machines, name, (one.path for one in change.changes), by=by)
    livechange.make(machines, change.guest, update.reverse(change.changes, files), by=by)
    machines.set_mark(name, marks[name])


def _await_owner(members: Members, machines: Machines, *, by: Deadline) -> None:
    names = _names(members.owners)
    by.within(members.election).poll(
        lambda: roles.owners(machines, names, by=by) or None, what="the owner to take the vIP back"
    )


def _names(changes: Sequence[Reconfigure]) -> tuple[str, ...]:
    return tuple(change.guest.spec.name for change in changes)
