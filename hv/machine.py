"""Machines as values: one to be made, one as a hypervisor reports it, and what it says."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from vipprov.cloudinit.seed import Seed
from vipprov.guest.pair import Size
from vipprov.guest.placement import NEAR_THE_TEMPLATE, Placement
from vipprov.hv.images.disk import Disk
from vipprov.hv.mark import Mark, Moves


class Sort(Enum):
    """What the machines of a hypervisor are: a container has the host's kernel, a VM its own."""

    CONTAINER = "container"
    VM = "VM"


class Power(Enum):
    """The power state of a machine.

    The processors of a paused machine stand still. Of a container only the processes do: the
    host's kernel goes on answering for its addresses.
    """

    OFF = "off"
    ON = "on"
    PAUSED = "paused"


class Link(Enum):
    """Whether the cable of a network interface is plugged in."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What the hypervisor itself has, and makes machines from, by its name there."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A network interface: its MAC, where it is plugged, and the filter that its port has.

    `is_network` says that the port group is a network of the hypervisor's, not a bare bridge.
    """

    mac: str
    port_group: str
    guest_name: str
    filter: str | None = None
    is_network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSpec:
    """A machine to be made: a container from a folder tree, a VM from a disk or a template."""

    name: str
    image: Path | Disk | Template
    size: Size
    nics: tuple[Nic, ...]
    seed: Seed
    mark: Mark
    placement: Placement = NEAR_THE_TEMPLATE

    @property
    def sort(self) -> Sort:
        """What the machine will be."""
        return Sort.CONTAINER if isinstance(self.image, Path) else Sort.VM

    @property
    def image_name(self) -> str:
        """The name of the template, or of the folder that its image lies in."""
        if isinstance(self.image, Template):
            return self.image.name
        path = self.image.path if isinstance(self.image, Disk) else self.image
        return path.parent.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine as the hypervisor reports it. `mark` is None for machines of other tools.

    A mark that is there but cannot be read is None as well, and `mark_error` says why. `halted` is
    the reason of a hypervisor that has paused the machine by itself.
    """

    name: str
    uuid: str
    sort: Sort
    power: Power
    nics: tuple[Nic, ...]
    mark: Mark | None
    mark_error: str = ""
    halted: str = ""
    moves: Moves = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """How a command in a guest ended."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.stdout.decode(errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Some bytes that a machine wrote to its console, and where in all that it wrote they end."""

    text: bytes
    end: int
