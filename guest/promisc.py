"""Promiscuous mode of the NIC under the virtual MAC, at once and at every boot.

`auto` leaves it to the kernel. A macvlan asks the NIC below it to receive one more address; the
kernel programs that address into the NIC's filter, or raises promiscuity by itself where the driver
has no filter (veth, vmxnet3). Without a virtual MAC there is nothing to receive. Promiscuous mode
on top changes nothing for the pair, feeds the guest its neighbours' frames where the port lets them
in, and is a finding of its own (RHEL-07-040670). `on` is for drivers that lose the address.
"""

from pathlib import PurePosixPath
from typing import assert_never

from vipprov.guest.configuration import GuestFile
from vipprov.guest.pair import Pair, Promisc

UNIT = "vipprov-promisc.service"
PATH = PurePosixPath("/etc/systemd/system") / UNIT

# No BindsTo: where no udev runs (containers) the device unit never appears, and to require it would
# cost a minute and a half and fail.
_CONTENT = """\
[Unit]
Description=Promiscuous mode of {interface}
After={device} network-pre.target
StopPropagatedFrom={device}
Before=keepalived.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip link set dev {interface} promisc on
ExecStop=-/sbin/ip link set dev {interface} promisc off

[Install]
WantedBy=multi-user.target {device}
"""


def units(pair: Pair) -> tuple[str, ...]:
    """Return the units that are to be enabled."""
    match pair.promisc:
        case Promisc.ON:
            return (UNIT,)
        case Promisc.AUTO | Promisc.OFF:
            return ()
        case _:
            assert_never(pair.promisc)


def files(pair: Pair) -> tuple[GuestFile, ...]:
    """Return the unit, where one is wanted."""
    content = _CONTENT.format(interface=pair.interface, device=_device(pair.interface))
    return tuple(GuestFile(path=PATH, content=content) for _ in units(pair))


def _device(interface: str) -> str:
    """Return the unit of a network device, its name escaped as systemd does."""
    plain = "".join(
        char if (char.isascii() and char.isalnum()) or char in ":_." else f"\\x{ord(char):02x}"
        for char in interface
    )
    return f"sys-subsystem-net-devices-{plain}.device"
