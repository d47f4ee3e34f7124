"""Addresses of hypervisors are judged before anything is asked."""

import pytest

from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import SpecError
from vipprov.hv import registry
from vipprov.hv.machine import Sort


@pytest.mark.parametrize(
    ("address", "instead"),
    [
        ("lxc://otherhost/system", "Write lxc:///system."),
        ("lxc:///system?socket=/tmp/x", "Write lxc:///system."),
        ("lxc://[x", "Write lxc:///system."),
        ("lxc:///elsewhere", "Write lxc:///system."),
        ("qemu://otherhost/system", "Write qemu:///system."),
        ("qemu:///session", "Write qemu:///system."),
        ("qemu+ssh://host/system", "Write one of lxc:///system, qemu:///system"),
        ("xen:///", "Write one of lxc:///system, qemu:///system"),
        ("", "Write one of lxc:///system, qemu:///system"),
    ],
)
def test_address_that_no_pair_file_may_have_is_refused_by_commands_too(
    address: str, instead: str
) -> None:
    with pytest.raises(SpecError, match="The address of the hypervisor cannot be used") as raised:
        registry.connect(address, by=Deadline.after(1, clock=FakeClock()))
    assert raised.value.hint.startswith(instead)


def test_hypervisor_that_nobody_speaks_to_yet_is_named_with_those_that_there_are() -> None:
    address = "test:///default"
    with pytest.raises(SpecError, match="No hypervisor speaks") as raised:
        registry.connect(address, by=Deadline.after(1, clock=FakeClock()))
    assert "qemu:///system" in raised.value.hint


def test_what_the_machines_are_is_known_by_the_address() -> None:
    assert registry.sort("lxc:///") is Sort.CONTAINER
    assert registry.sort("qemu:///system") is Sort.VM
