"""Dedicated port groups on a simulator, made and taken back in this process."""

from collections.abc import Iterator
from contextlib import contextmanager

from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines import dedicate, switchdedicate, switchgroup
from vsphere.reach import reached
from vsphere.simulator import Simulator

MACHINE, PLACE = "DC0_H0_VM0", "DC0_DVPG0"


@contextmanager
def standard(simulator: Simulator) -> Iterator[None]:
    """Have the machine on a standard port group for as long as the block lasts."""
    with reached(simulator) as found:
        here, there = found.group(PLACE), found.group("app", "DC0_H0")
        found.groups.move(MACHINE, here, there)
    yield
    simulator.order(reset=True)
    with reached(simulator) as found:
        found.groups.move(MACHINE, there, here)


def permit(simulator: Simulator, *, seconds: float = 60) -> None:
    with reached(simulator, seconds=seconds) as found:
        plan = dedicate.plan(found.groups.all(), MACHINE)
        switchdedicate.permit(found.groups, plan, mac_changes=False)


def restore(simulator: Simulator, *, seconds: float = 60) -> None:
    with reached(simulator, seconds=seconds) as found:
        groups = found.groups.all()
        clones = dedicate.to_remove(groups, switchgroup.named(groups, MACHINE))
        switchdedicate.restore(found.groups, clones, machine=MACHINE)


def world(simulator: Simulator) -> dict[str, SwitchGroup]:
    with reached(simulator) as found:
        return {group.key: group for group in found.groups.all()}
