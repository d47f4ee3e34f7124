"""How a machine is made: a clone under vCenter, and on a host alone a copy of another's disk.

`CloneVM_Task` is vCenter's. A host makes a machine without a disk, which already has its mark, then
copies the disk beside it; a run that is killed in between is gone on with.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import HypervisorError, MissingError, SpecError
from vipprov.hv.machine import MachineSpec, Template
from vipprov.hv.vsphere import collect, extra, machinespec, networks, placed, power, tasks
from vipprov.hv.vsphere.place import Place
from vipprov.hv.vsphere.session import Session

_PATHS = (
    "name",
    "config.template",
    "config.hardware.device",
    "config.files.vmPathName",
    "config.guestId",
    "config.firmware",
    "runtime.host",
    "runtime.powerState",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What machines are made from."""

    reference: Any
    devices: tuple[Any, ...]
    path: str
    guest: str
    firmware: str | None
    host: Any

    @property
    def datastore(self) -> str:
        """The name of the datastore that it lies on."""
        return self.path.partition("]")[0].removeprefix("[")


def template(session: Session, name: str) -> Pattern:
    """Return the template, or the machine that is off, of this name."""
    every = collect.everything(session, vim.VirtualMachine, ["name"])
    found = [one.reference for one in every if one["name"] == name]
    if not found:
        raise MissingError(
            f"There is no template {name!r}.",
            hint="`image:` names a template; on a host without vCenter a machine that is off.",
        )
    if len(found) > 1:
        raise SpecError(
            f"There are {len(found)} templates or machines called {name}.",
            hint="Rename the others, or name the datacenter in the address.",
        )
    (read,) = collect.these(session, vim.VirtualMachine, found, _PATHS)
    if read["runtime.powerState"] != "poweredOff":
        raise SpecError(f"{name} runs: a machine is made from a template, or from one that is off.")
    return Pattern(
        reference=read.reference,
        devices=tuple(read["config.hardware.device"]),
        path=str(read["config.files.vmPathName"]),
        guest=str(read["config.guestId"]),
        firmware=read["config.firmware"],
        host=read["runtime.host"],
    )


def refuse(session: Session, specs: Collection[MachineSpec]) -> None:
    """Raise an error if a template, or a place of these machines, is not there or will not do."""
    named = {spec.image.name for spec in specs if isinstance(spec.image, Template)}
    patterns = {name: template(session, name) for name in sorted(named)}
    placed.refuse(
        session,
        [
            (spec.placement, pattern.host, pattern.datastore)
            for spec in specs
            if (pattern := patterns.get(spec.image_name)) is not None
        ],
    )


def make(session: Session, spec: MachineSpec) -> None:
    """Make the machine, powered off."""
    if not isinstance(spec.image, Template):
        raise HypervisorError(f"{spec.image_name} is no template, and vSphere clones those.")
    pattern = template(session, spec.image.name)
    backings = {
        name: networks.backing(session, name)
        for name in dict.fromkeys(nic.port_group for nic in spec.nics)
    }
    where = placed.chosen(session, spec.placement, pattern.host, pattern.datastore)
    cards = machinespec.cards(spec, backings)
    if session.is_vcenter:
        _clone(session, spec, pattern, where, cards)
    else:
        _build(session, spec, pattern, where, cards)


def furnish(session: Session, machine: Any, spec: MachineSpec) -> None:  # noqa: ANN401
    """Give a machine that never got ready its seed again, and the disk that it may lack."""
    values = {key: text for key, text in machinespec.values(spec).items() if key != extra.MARK}
    change = vim.vm.ConfigSpec(extraConfig=extra.options(values))
    power.reconfigure(session, machine, f"give {spec.name} its seed", change)
    if not session.is_vcenter and isinstance(spec.image, Template):
        _give_disk(session, machine, spec, template(session, spec.image.name))
    _grow(session, machine, spec)


def _clone(
    session: Session, spec: MachineSpec, pattern: Pattern, where: Place, cards: list[Any]
) -> None:
    changes = [*machinespec.without_cards(pattern.devices), *cards]
    clone = vim.vm.CloneSpec(
        location=vim.vm.RelocateSpec(pool=where.pool, datastore=where.store, host=where.host),
        config=machinespec.config(spec, changes),
        powerOn=False,
        template=False,
    )
    made = tasks.run(
        session,
        f"clone {spec.image_name} to {spec.name}",
        lambda: pattern.reference.CloneVM_Task(where.folder, spec.name, clone),
    )
    _grow(session, made, spec)


def _build(
    session: Session, spec: MachineSpec, pattern: Pattern, where: Place, cards: list[Any]
) -> None:
    disk = machinespec.disk_of(pattern.devices)
    config = machinespec.config(spec, [machinespec.controller_of(pattern.devices, disk), *cards])
    config.name = spec.name
    config.guestId = pattern.guest
    config.firmware = pattern.firmware
    config.files = vim.vm.FileInfo(vmPathName=f"[{where.datastore}]")
    made = tasks.run(
        session,
        f"make {spec.name}",
        lambda: where.folder.CreateVM_Task(config, where.pool, where.host),
    )
    _give_disk(session, made, spec, pattern)
    _grow(session, made, spec)


def _give_disk(session: Session, machine: Any, spec: MachineSpec, pattern: Pattern) -> None:  # noqa: ANN401
    paths = ["config.hardware.device", "config.files.vmPathName"]
    (found,) = collect.these(session, vim.VirtualMachine, [machine], paths)
    if _has_disk(found["config.hardware.device"]):
        return
    source = machinespec.disk_of(pattern.devices)
    target = f"{str(found['config.files.vmPathName']).rpartition('/')[0]}/{spec.name}.vmdk"
    disks = session.content.virtualDiskManager
    tasks.run(
        session,
        f"copy the disk of {spec.image_name}",
        lambda: disks.CopyVirtualDisk_Task(
            sourceName=source.backing.fileName, destName=target, force=True
        ),
    )
    change = vim.vm.ConfigSpec(deviceChange=[machinespec.attached(source, target)])
    try:
        power.reconfigure(session, machine, f"attach the disk of {spec.name}", change)
    except HypervisorError:
        # A run that was killed may have asked for the same a moment before.
        if not _has_disk(_devices(session, machine)):
            raise


def _has_disk(devices: Iterable[Any]) -> bool:
    return any(isinstance(one, vim.vm.device.VirtualDisk) for one in devices)


def _devices(session: Session, machine: Any) -> Any:  # noqa: ANN401
    (found,) = collect.these(session, vim.VirtualMachine, [machine], ["config.hardware.device"])
    return found["config.hardware.device"]


def _grow(session: Session, machine: Any, spec: MachineSpec) -> None:  # noqa: ANN401
    """Make the disk as big as the pair file says."""
    if changes := machinespec.grown(_devices(session, machine), spec.size.disk):
        change = vim.vm.ConfigSpec(deviceChange=changes)
        power.reconfigure(session, machine, f"enlarge the disk of {spec.name}", change)
