"""What the names of a placement mean, and all that is wrong with them. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import unquote

from vipprov.guest.placement import Placement
from vipprov.hv.vsphere.inventory import CLUSTER, DATASTORE, HOST, POOL, Inventory, Item

MOST = 8
Chosen = Mapping[str, Item]
"""By the key of the pair file, what its name means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A sentence about a placement. `is_absent` says that there is no such thing at all."""

    text: str
    is_absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the template is: the key of its cluster or lone host, and its datastore by name."""

    compute: str
    datastore: str


def meant(items: Collection[Item], wanted: Placement) -> tuple[Chosen, tuple[Wrong, ...]]:
    """Return what each name stands for, and what is wrong with those that stand for nothing."""
    chosen: dict[str, Item] = {}
    wrong = []
    for kind, word in wanted.words.items():
        alike = [item for item in items if item.kind == kind]
        found = [item for item in alike if _is_named(item, word)]
        if kind == POOL:
            found = _within(chosen, found) or found
        if len(found) == 1:
            chosen[kind] = found[0]
        else:
            wrong.append(_unclear(kind, word, found, alike))
    return chosen, tuple(wrong)


def clashes(chosen: Chosen, inventory: Inventory, home: Home) -> Iterator[Wrong]:
    """Find what keeps a machine from being put there, though there is all of it."""
    for kind, item in chosen.items():
        if item.trouble:
            yield Wrong(text=f"the {said(kind)} {item.title} {item.trouble}")
    cluster, host, pool = (chosen.get(kind) for kind in (CLUSTER, HOST, POOL))
    for inner, outer in ((host, cluster), (pool, host or cluster)):
        if inner is not None and outer is not None and not inner.computes & outer.computes:
            of = "the cluster of " if outer.kind == HOST else ""
            yield Wrong(
                text=f"the {said(inner.kind)} {inner.title} is not in {of}the"
                f" {said(outer.kind)} {outer.title}"
            )
    yield from _far(chosen, inventory, home)


def compute(chosen: Chosen, home: Home) -> str:
    """Return the key of the cluster or lone host that the machine goes to."""
    for kind in (HOST, CLUSTER, POOL):
        if (item := chosen.get(kind)) is not None:
            (key, *_) = item.computes
            return key
    return home.compute


def said(kind: str) -> str:
    """Return how people call what a key of the pair file names."""
    return kind.replace("_", " ")


def _far(chosen: Chosen, inventory: Inventory, home: Home) -> Iterator[Wrong]:
    """Find a datastore that the host, or no host of the cluster, has."""
    key, host = compute(chosen, home), chosen.get(HOST)
    where = key if host is None else host.key
    if host is None and key not in inventory.computes:
        pool = chosen.get(POOL)
        whose = "the template's host" if pool is None else f"the resource pool {pool.title}"
        yield Wrong(text=f"the cluster of {whose} cannot be seen with these rights")
        return
    name = str(inventory.computes[key]["name"]) if host is None else host.path[-1]
    store = chosen.get(DATASTORE)
    if store is not None:
        if where not in store.reached:
            yield Wrong(text=f"{name} does not have the datastore {store.title}")
    elif not any(
        where in one.reached and one.path[-1] == home.datastore
        for one in inventory.items
        if one.kind == DATASTORE
    ):
        yield Wrong(
            text=f"{name} does not have the template's datastore {home.datastore}: name a datastore"
        )


def _within(chosen: Chosen, found: Collection[Item]) -> list[Item]:
    """Return the pools of the cluster or host that was named: each has one called Resources."""
    outer = chosen.get(HOST) or chosen.get(CLUSTER)
    return [] if outer is None else [item for item in found if item.computes & outer.computes]


def _is_named(item: Item, word: str) -> bool:
    """Say whether the path is this one, or ends in it if it does not begin with a slash."""
    parts = tuple(unquote(part) for part in word.removeprefix("/").split("/"))
    return item.path == parts if word.startswith("/") else item.path[-len(parts) :] == parts


def _unclear(kind: str, word: str, found: Collection[Item], alike: Collection[Item]) -> Wrong:
    if found:
        each = ", ".join(sorted(item.title for item in found))
        return Wrong(text=f"the {said(kind)} {word} may be any of {len(found)}: {each}")
    last = word.rpartition("/")[2].lower()
    names = {item.path[-1].lower() for item in alike}
    close = get_close_matches(unquote(last), names, n=MOST, cutoff=0.6)
    near = [item for item in alike if item.path[-1].lower() in close] or alike
    paths = sorted(item.title for item in near)
    more = f" and {len(paths) - MOST} more" if len(paths) > MOST else ""
    there = f"there is {', '.join(paths[:MOST])}{more}" if paths else "there is none at all"
    return Wrong(text=f"no {said(kind)} is called {word}; {there}", is_absent=True)
