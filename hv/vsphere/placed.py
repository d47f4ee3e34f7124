"""Where machines are put, and whether those that are there are where they would be put."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import MissingError, SpecError
from vipprov.guest.placement import Placement
from vipprov.hv.vsphere import collect, inventory, place, placement
from vipprov.hv.vsphere.inventory import DATASTORE, FOLDER, HOST, POOL, Inventory
from vipprov.hv.vsphere.place import Place
from vipprov.hv.vsphere.placement import Home, Wrong
from vipprov.hv.vsphere.session import Session

_PATHS = ("resourcePool", "parent", "datastore", "runtime.host")


def chosen(session: Session, wanted: Placement, host: Any, datastore: str) -> Place:  # noqa: ANN401
    """Return the place of a machine whose template is on this host and datastore."""
    usual = place.beside(session, host, datastore)
    if not wanted.words:
        return usual
    known = inventory.read(session)
    home = Home(compute=known.compute_of(host), datastore=datastore)
    found, wrong = _judged(wanted, known, home)
    _refuse(wrong)
    key = placement.compute(found, home)
    pool, folder, store = (found.get(kind) for kind in (POOL, FOLDER, DATASTORE))
    at = found.get(HOST)
    return Place(
        folder=usual.folder if folder is None else folder.reference,
        pool=known.computes[key]["resourcePool"] if pool is None else pool.reference,
        datastore=datastore if store is None else collect.kept(store.path[-1]),
        store=None if store is None else store.reference,
        host=None if at is None else at.reference,
    )


def refuse(session: Session, wanted: Collection[tuple[Placement, Any, str]]) -> None:
    """Raise an error that says all that is wrong with placements, each with its template's."""
    if not any(each.words for each, _, _ in wanted):
        return
    known = inventory.read(session)
    wrong: list[Wrong] = []
    for each, host, datastore in wanted:
        home = Home(compute=known.compute_of(host), datastore=datastore)
        wrong += _judged(each, known, home)[1]
    _refuse(wrong)


def strays(session: Session, machines: Mapping[str, tuple[Any, Placement]]) -> Iterator[str]:
    """Say of each of these machines that is elsewhere than a new one would be where it is not."""
    given = {name: one for name, one in machines.items() if one[1].words}
    if not given:
        return
    known = inventory.read(session)
    for name, (machine, wanted) in given.items():
        (read,) = collect.these(session, vim.VirtualMachine, [machine], _PATHS)
        found, unclear = placement.meant(known.items, wanted)
        away = [*(one.text for one in unclear), *_away(found, read, known)]
        if away:
            yield f"{name} stays where it is, whatever `placement:` says now: {'; '.join(away)}"


def _judged(
    wanted: Placement, known: Inventory, home: Home
) -> tuple[placement.Chosen, tuple[Wrong, ...]]:
    """Return what a placement means, and all that is wrong with it."""
    found, unclear = placement.meant(known.items, wanted)
    return found, (*unclear, *placement.clashes(found, known, home))


def _away(found: placement.Chosen, machine: collect.Read, known: Inventory) -> Iterator[str]:
    compute = known.compute_of(machine["runtime.host"])
    for kind, item in found.items():
        match kind:
            case inventory.CLUSTER | inventory.HOST:  # within a cluster DRS and HA move machines
                is_there = compute in item.computes
            case inventory.POOL:
                is_there = item.reference == machine["resourcePool"]
            case inventory.DATASTORE:
                is_there = item.reference in (machine["datastore"] or ())
            case _:
                is_there = item.reference == machine["parent"]
        if not is_there:
            yield f"it is not in the {placement.said(kind)} {item.title}"


def _refuse(wrong: Collection[Wrong]) -> None:
    if not wrong:
        return
    kind = MissingError if all(one.is_absent for one in wrong) else SpecError
    raise kind(
        "What `placement:` says cannot be had, so nothing is made.",
        details="\n".join(dict.fromkeys(one.text for one in wrong)),
        hint="Write a name, or more of its path: /DC1/vm/Production/web.",
    )
