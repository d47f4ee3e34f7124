"""Pairs on a simulator: a pair file, the commands on it, and what they leave there."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from pyVmomi import vim

from lab.command import Ended
from lab.command import vipprov as command
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv import registry
from vipprov.hv.vsphere import collect, extra, networks
from vipprov.hv.vsphere.machineread import cards
from vipprov.pipelines import destroy
from vsphere import answering
from vsphere.reach import reached
from vsphere.simulator import Simulator

PASSWORD = "pa55-of-r00t"  # noqa: S105  nobody is behind it
FILE = """\
name: {name}
hypervisor: {url}
image: debian-12
size: {{cpus: 2, memory: 1GiB, disk: 4GiB}}
port_group: {group}
vip: {{addresses: [10.50.50.50/24], virtual_router_id: 50}}
guests:
  - {{name: {name}-1, addresses: [10.50.50.51/24]}}
  - {{name: {name}-2, addresses: [10.50.50.52/24]}}
password: env:GUEST_PASSWORD
timeout: 120s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A simulator and a pair that its file describes."""

    simulator: Simulator
    path: Path
    name: str
    group: str

    @property
    def guests(self) -> tuple[str, str]:
        return f"{self.name}-1", f"{self.name}-2"

    @property
    def environment(self) -> dict[str, str]:
        own = {"GUEST_PASSWORD": PASSWORD, "VIPPROV_HYPERVISOR": self.simulator.url}
        return {**os.environ, **self.simulator.environment, **own}

    def beside(self) -> "Scene":
        """Return another pair on the same port group, whose guests are those that answer now."""
        path = self.path.with_name("beside.yaml")
        text = self.path.read_text().replace(self.name, f"b{self.name}")
        text = text.replace("10.50.50.5", "10.50.50.6")
        path.write_text(text.replace("virtual_router_id: 50", "virtual_router_id: 60"))
        self.answer(path)
        return replace(self, path=path, name=f"b{self.name}")

    def answer(self, path: Path) -> None:
        """Let the guests be those of this pair file from now on."""
        self.simulator.order(guests={"program": answering.program(path), "password": PASSWORD})

    def run(self, *arguments: str | Path) -> Ended:
        return command(*arguments, environment=self.environment)

    def vm(self, *arguments: str | Path) -> Ended:
        return self.run("vm", *arguments)

    def clear(self) -> None:
        """Remove the pair, as `vm destroy` does."""
        by = Deadline.after(60, clock=SystemClock())
        with registry.connect(
            self.simulator.url, by=by, environment=self.environment
        ) as hypervisor:
            destroy.destroy(hypervisor, self.name, say=lambda _line: None)

    def create(self, *options: str) -> Ended:
        logs = self.path.parent / "logs"
        return self.vm("create", self.path, "--logs", logs, "--json", *options)

    def policies(self) -> list[dict[str, Any]]:
        done = command("portgroup", "show", self.group, "--json", environment=self.environment)
        assert done.code == 0, done.err
        wanted = ("name", "host", "own", "effective")
        return [{key: one[key] for key in wanted} for one in done.document]

    def seen(self) -> Mapping[str, collect.Read]:
        """Return the pair's machines, and its claim if there is one, as vSphere has them."""
        paths = ("name", "config.extraConfig", "config.hardware", "customValue", "runtime.host")
        with reached(self.simulator) as found:
            every = collect.everything(found.session, vim.VirtualMachine, paths)
            return {
                str(one["name"]): one for one in every if str(one["name"]).startswith(self.name)
            }

    def plugged(self, machine: collect.Read) -> list[tuple[str, str, str]]:
        """Return the kind, the MAC and the port group of each NIC."""
        devices = cards(machine["config.hardware"].device)
        with reached(self.simulator) as found:
            every = collect.everything(found.session, vim.Network, ["name"])
            known = networks.names(found.session, [one.reference for one in every])
            return [
                (type(card).__name__, card.macAddress, networks.plugged(card, known))
                for card in devices
            ]

    def rules(self) -> list[Any]:
        """Return the rules of all clusters."""
        with reached(self.simulator) as found:
            paths = ["configurationEx"]
            every = collect.everything(found.session, vim.ClusterComputeResource, paths)
            return [rule for one in every for rule in one["configurationEx"].rule or ()]


def told(machine: collect.Read) -> Mapping[str, str]:
    """Return what a machine's configuration holds of ours, and for its guest."""
    return extra.values(machine["config.extraConfig"])


@contextmanager
def staged(simulator: Simulator, group: str, folder: Path) -> Iterator[Scene]:
    """Yield a pair that is not there yet; nothing of it is there afterwards."""
    name = f"pair{uuid4().hex[:6]}"
    path = folder / "pair.yaml"
    path.write_text(FILE.format(name=name, url=simulator.url, group=group))
    simulator.order(reset=True)
    scene = Scene(simulator=simulator, path=path, name=name, group=group)
    scene.answer(path)
    try:
        yield scene
    finally:
        simulator.order(reset=True)
        if scene.seen():
            scene.clear()
