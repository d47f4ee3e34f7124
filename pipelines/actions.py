"""What may have to be done to a pair, and the plan of it. Values."""

from dataclasses import dataclass
from typing import TypeAlias

from vipprov.guest import update
from vipprov.guest.update import FileChange
from vipprov.hv.machine import Machine
from vipprov.pipelines.state import DesiredGuest
from vipprov.pipelines.switchgroup import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """Make a machine that is not there."""

    guest: DesiredGuest


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Remove a machine and make it anew, for these reasons."""

    guest: DesiredGuest
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Go on with a machine that a killed run left half done, or that is powered off."""

    guest: DesiredGuest
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconfigure:
    """Bring files in a running guest up to date, and make them count."""

    guest: DesiredGuest
    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Start the keepalived of a running guest that somebody, or something, has stopped."""

    guest: DesiredGuest


@dataclass(frozen=True, slots=True, kw_only=True)
class Thaw:
    """Let a frozen keepalived go on: a fault that nobody was left to take back."""

    guest: DesiredGuest


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilter:
    """Give the port of a machine another filter. `passes` are the MACs that it lets out now."""

    guest: DesiredGuest
    mac: str
    before: str | None
    after: str | None
    passes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relearn:
    """Let the port of a running machine learn MACs again."""

    guest: DesiredGuest
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Remove a machine that the pair's file does not name any more."""

    machine: Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a port group, for all that is plugged into it."""

    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Separate:
    """Let the hypervisor keep the guests on different hosts."""

    names: tuple[str, ...]


Action: TypeAlias = (
    Make
    | Replace
    | Resume
    | Reconfigure
    | Start
    | Thaw
    | Refilter
    | Relearn
    | Remove
    | Open
    | Separate
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What has to be done, in order. Empty when the pair is as its file says.

    `notes` say what is not as the file says and is left alone, and what to expect of new machines.
    """

    actions: tuple[Action, ...]
    notes: tuple[str, ...] = ()

    @property
    def destructive(self) -> tuple[Replace | Remove, ...]:
        """The actions that destroy a machine: they want to be asked for."""
        return tuple(action for action in self.actions if isinstance(action, Replace | Remove))

    @property
    def made(self) -> tuple[DesiredGuest, ...]:
        """The guests that get a new machine."""
        return tuple(one.guest for one in self.actions if isinstance(one, Make | Replace))

    @property
    def brought_up(self) -> tuple[str, ...]:
        """The names of the guests that are started: made, or gone on with."""
        brought = (one for one in self.actions if isinstance(one, Make | Replace | Resume))
        return tuple(one.guest.spec.name for one in brought)

    @property
    def reconfigurations(self) -> tuple[Reconfigure, ...]:
        """The changes inside running guests."""
        return tuple(action for action in self.actions if isinstance(action, Reconfigure))

    @property
    def disruptive(self) -> bool:
        """Whether a change touches what all members must share, so that backups stop first."""
        return any(update.disruptive(action.changes) for action in self.reconfigurations)
