"""A pair as its file wants it, and as it is. Values."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from vipprov.guest.configuration import Configuration
from vipprov.guest.facts import Daemon
from vipprov.guest.pair import CustomPolicy, Guest, Pair
from vipprov.hv.machine import Machine, MachineSpec
from vipprov.pipelines.switchgroup import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredGuest:
    """One member as the pair file wants it.

    `filter_macs` are the virtual MACs that its generated filter lets out, where it has one;
    `policy` is what its port is brought to, where the pair file names the three settings.
    """

    guest: Guest
    configuration: Configuration
    spec: MachineSpec
    filter_macs: tuple[str, ...]
    policy: CustomPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The pair as its file wants it."""

    pair: Pair
    guests: tuple[DesiredGuest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedGuest:
    """One member as it is. `files` is None where nobody can look: absent, or powered off.

    `passes` holds, by MAC of a NIC, the other MACs that the filter on its port lets out by name.
    `daemon` is how keepalived is in a guest that runs and is done. The others are NICs, by MAC:
    `unfiltered` those whose ports run without any filter, `unlearning` those whose bridge ports do
    not learn the virtual MACs and have to, `unhooked` those bound to a filter that filters nothing.
    """

    machine: Machine | None
    files: Mapping[PurePosixPath, str] | None
    passes: Mapping[str, frozenset[str]]
    daemon: Daemon = Daemon.RUNNING
    unfiltered: frozenset[str] = frozenset()
    unlearning: frozenset[str] = frozenset()
    unhooked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The pair as it is: members by name, and machines of the pair that its file does not name.

    `closed` are port groups that have to be opened as a whole; `is_apart` says that the hypervisor
    keeps the guests on different hosts, or never will.
    """

    guests: Mapping[str, ObservedGuest]
    surplus: tuple[Machine, ...]
    closed: tuple[Change, ...] = ()
    is_apart: bool = True
