"""What a new machine gets: devices, size, seed and marks, as vSphere takes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pyVmomi import vim

from vipprov.cloudinit import guestinfo
from vipprov.guest.errors import SpecError
from vipprov.hv import marktext
from vipprov.hv.machine import MachineSpec
from vipprov.hv.vsphere import extra, machineread

_Change = vim.vm.device.VirtualDeviceSpec
_MIB, _KIB = 1 << 20, 1 << 10
FIRST_NIC = -100


def values(spec: MachineSpec) -> Mapping[str, str]:
    """Return what is kept in the machine's configuration from its first moment."""
    return {
        extra.MARK: marktext.dump(spec.mark),
        extra.NICS: extra.dump_names(spec.nics),
        **guestinfo.variables(spec.seed),
    }


def config(spec: MachineSpec, changes: Iterable[Any]) -> Any:  # noqa: ANN401  the SDK's own type
    """Return the configuration: size, notes, values and these changes of devices."""
    return vim.vm.ConfigSpec(
        numCPUs=spec.size.cpus,
        memoryMB=spec.size.memory // _MIB,
        annotation=extra.NOTE.format(guest=spec.mark.guest, pair=spec.mark.pair),
        extraConfig=extra.options(values(spec)),
        deviceChange=list(changes),
    )


def cards(spec: MachineSpec, backings: Mapping[str, Any]) -> list[Any]:
    """Return what adds the machine's NICs, each with its own MAC."""
    return [
        _Change(
            operation=_Change.Operation.add,
            device=vim.vm.device.VirtualVmxnet3(
                key=FIRST_NIC - number,
                backing=backings[nic.port_group],
                addressType="manual",
                macAddress=nic.mac,
                wakeOnLanEnabled=False,
                connectable=vim.vm.device.VirtualDevice.ConnectInfo(
                    startConnected=True, connected=True, allowGuestControl=True
                ),
            ),
        )
        for number, nic in enumerate(spec.nics)
    ]


def without_cards(devices: Iterable[Any]) -> list[Any]:
    """Return what takes the NICs of the template away."""
    return [
        _Change(operation=_Change.Operation.remove, device=card)
        for card in machineread.cards(devices)
    ]


def grown(devices: Iterable[Any], size: int) -> list[Any]:
    """Return what makes the disk as big as it is wanted; a template's is never made smaller."""
    disk = disk_of(devices)
    if disk.capacityInKB >= size // _KIB:
        return []
    disk.capacityInKB = size // _KIB
    disk.capacityInBytes = None
    return [_Change(operation=_Change.Operation.edit, device=disk)]


def disk_of(devices: Iterable[Any]) -> Any:  # noqa: ANN401
    """Return the one disk of a template."""
    disks = [one for one in devices if isinstance(one, vim.vm.device.VirtualDisk)]
    if len(disks) != 1:
        raise SpecError(
            f"The template has {len(disks)} disks.", hint="vipprov makes machines with one disk."
        )
    return disks[0]


def controller_of(devices: Iterable[Any], disk: Any) -> Any:  # noqa: ANN401
    """Return a controller like the one that the disk hangs on."""
    found = next(one for one in devices if one.key == disk.controllerKey)
    fresh = type(found)(key=found.key, busNumber=found.busNumber)
    if isinstance(found, vim.vm.device.VirtualSCSIController):
        fresh.sharedBus = found.sharedBus
    return _Change(operation=_Change.Operation.add, device=fresh)


def attached(disk: Any, path: str) -> Any:  # noqa: ANN401
    """Return what hangs a copy of the disk, which lies in this file, on the new machine."""
    return _Change(
        operation=_Change.Operation.add,
        device=vim.vm.device.VirtualDisk(
            key=-1,
            controllerKey=disk.controllerKey,
            unitNumber=disk.unitNumber,
            backing=vim.vm.device.VirtualDisk.FlatVer2BackingInfo(
                fileName=path, diskMode="persistent"
            ),
        ),
    )
