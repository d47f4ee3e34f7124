"""The lives of pairs on a simulator, in this process: made, taken away, and what is left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pyVmomi import vim

from vipprov.cloudinit import credentials
from vipprov.guest import undo
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import VipprovError
from vipprov.guest.undo import Undo
from vipprov.hv import registry
from vipprov.hv.machine import Power
from vipprov.hv.registry import Hypervisor
from vipprov.hv.switchgroup import OwnPolicy, Record
from vipprov.hv.vsphere import collect
from vipprov.pipelines import create, destroy, opening, standby
from vipprov.pipelines import request as asking
from vipprov.pipelines.cli.output import noted
from vipprov.pipelines.desired import desired
from vipprov.pipelines.request import Request
from vsphere.opening import failure
from vsphere.pairs import Scene
from vsphere.reach import reached

SECONDS = 60.0
# What any call may end with; see tests/vcsim/control.go.
FAULTS = (
    "disconnect",
    "NoPermission",
    "ConcurrentAccess",
    "InvalidState",
    "ResourceInUse",
    "NotAuthenticated",
    "expire",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What there is of a pair: machines and its claim, the rule, and what its port groups are."""

    machines: tuple[str, ...]
    rules: tuple[str, ...]
    groups: tuple[tuple[OwnPolicy, Record | None], ...]

    @property
    def policies(self) -> tuple[OwnPolicy, ...]:
        return tuple(own for own, _ in self.groups)


def left(scene: Scene) -> Left:
    """Look what there is."""
    with reached(scene.simulator) as found:
        every = collect.everything(found.session, vim.VirtualMachine, ["name"])
        names = sorted(str(one["name"]) for one in every)
        clusters = collect.everything(
            found.session, vim.ClusterComputeResource, ["configurationEx"]
        )
        rules = (rule.name for one in clusters for rule in one["configurationEx"].rule or ())
        groups = [one for one in found.groups.all() if one.name == scene.group]
    return Left(
        machines=tuple(name for name in names if name.startswith(scene.name)),
        rules=tuple(rule for rule in rules if scene.name in rule),
        groups=tuple((one.own, one.record) for one in groups),
    )


def created(scene: Scene) -> VipprovError | None:
    """Run `vm create`, and return the error that it ends with."""
    wishes = create.Wishes(logs=scene.path.parent / "logs")

    def run() -> None:
        asked, clock = request(scene), SystemClock()
        with standby.ready(asked, environment=scene.environment, clock=clock) as ready:
            create.create(ready, wishes=wishes, say=silent)

    return failure(run)


def destroyed(scene: Scene, *, seconds: float = SECONDS) -> VipprovError | None:
    """Run `vm destroy`, and return the error that it ends with."""

    def run() -> None:
        with connected(scene, seconds=seconds) as hypervisor:
            destroy.destroy(hypervisor, scene.name, say=silent)

    return failure(run)


def settle(scene: Scene) -> None:
    """Make the pair as `vm create` does, but for what its guests would have to say to it."""
    with connected(scene) as hypervisor, Undo() as taken_back:
        machines, by = hypervisor.machines, Deadline.after(SECONDS, clock=SystemClock())
        asked = request(scene)
        wanted = desired(asked, credentials.resolve(asked.pair, scene.environment), by=by)
        specs = [guest.spec for guest in wanted.guests]
        for spec in specs:
            machines.define(spec)
        opening.open_all(hypervisor, wanted.pair, taken_back, made=())
        machines.keep_apart(scene.name, [spec.name for spec in specs])
        for spec in specs:
            machines.set_power(spec.name, Power.ON)
            machines.set_mark(spec.name, replace(spec.mark, ready=True))


def told(error: VipprovError) -> str:
    """Return all that a person is shown of an error."""
    return "\n".join((undo.told(error), *noted(error), error.hint))


def request(scene: Scene) -> Request:
    """Return what the pair file says."""
    return asking.read(scene.path)


@contextmanager
def connected(scene: Scene, *, seconds: float = SECONDS) -> Iterator[Hypervisor]:
    """Open the simulator as a command does."""
    by = Deadline.after(seconds, clock=SystemClock())
    with registry.connect(scene.simulator.url, by=by, environment=scene.environment) as hypervisor:
        yield hypervisor


def silent(_line: str) -> None:
    """Hear what a run says to its user."""
