"""All running machines, fake or real, keep these promises of their guests.

One machine serves all tests of a hypervisor: an emulated one takes a minute to boot.
"""

from collections.abc import Iterator

import pytest

from contract.hosts import (
    CARRIER,
    ESXI,
    FAKE,
    LXC,
    MAC,
    QEMU,
    VCENTER,
    WITNESS,
    Host,
    opened,
    simulator_of,
    soon,
)
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.hv.machine import Link, Power, Sort

ECHO = ("sh", "-c", 'cat; echo "to stderr" >&2; exit 7')
BOOT_SECONDS = 240


@pytest.fixture(scope="module", params=[FAKE, LXC, QEMU, VCENTER, ESXI])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    with opened(request.param, simulator_of(request)) as host:
        host.machines.define(host.spec)
        host.machines.set_power(host.name, Power.ON)
        await_answer(host)
        yield host


def await_answer(host: Host) -> None:
    """Return once the guest runs commands, and what is written to /run stays there.

    A container has to mount its own root first, and its init a file system of its own on /run.
    """
    machine = host.machines.show(host.name)
    is_container = machine is not None and machine.sort is Sort.CONTAINER
    command = ("mountpoint", "-q", "/run") if is_container else ("true",)

    def answer() -> bool | None:
        try:
            return host.machines.run(host.name, command, by=by).code in {0, 7} or None
        except GuestError:
            return None

    by = soon(BOOT_SECONDS)
    by.poll(answer, what=f"{host.name} to answer")


def test_command_gets_its_input_and_ends_with_its_output_and_code(host: Host) -> None:
    done = host.machines.run(host.name, ECHO, by=soon(), stdin=b"in")
    assert (done.code, done.stdout, done.stderr) == (7, b"in", b"to stderr\n")


def test_command_whose_time_is_over_is_ended(host: Host) -> None:
    with pytest.raises(DeadlineError):
        host.machines.run(host.name, ("sleep", "60"), by=soon(0))


def test_file_is_read_and_one_that_is_not_there_is_none(host: Host) -> None:
    assert host.machines.read(host.name, f"{WITNESS}.not-there", by=soon()) is None
    host.machines.run(host.name, ("touch", f"{WITNESS}.there"), by=soon())
    assert host.machines.read(host.name, f"{WITNESS}.there", by=soon()) == b""


def test_port_on_which_nothing_answers_is_the_guests_error(host: Host) -> None:
    with pytest.raises(GuestError, match="port 9 "):
        host.machines.open_port(host.name, 9, by=soon())


def test_guest_sees_its_cable_pulled_and_plugged_in_again(host: Host) -> None:
    soon(BOOT_SECONDS).poll(lambda: plugged_in(host) or None, what="eth0 to be up", every=1)
    for link, carrier in (
        (Link.DOWN, "0\n"),
        (Link.DOWN, "0\n"),
        (Link.UP, "1\n"),
        (Link.UP, "1\n"),
    ):
        host.machines.set_link(host.name, MAC, link)
        assert carrier_of(host) == carrier


def plugged_in(host: Host) -> bool:
    """Say whether the guest has an eth0 that is up, which a first boot has to see to."""
    host.machines.run(host.name, ("ip", "link", "set", "eth0", "up"), by=soon())
    return carrier_of(host) == "1\n"


def carrier_of(host: Host) -> str:
    return host.machines.run(host.name, ("cat", CARRIER), by=soon()).text


def test_reset_machine_boots_anew_and_stays_on(host: Host) -> None:
    host.machines.run(host.name, ("touch", WITNESS), by=soon())
    host.machines.reset(host.name)
    by = soon(BOOT_SECONDS)

    def forgotten() -> bool | None:
        try:
            found = host.machines.run(host.name, ("test", "-e", WITNESS), by=by.within(20))
        except (GuestError, DeadlineError):
            return None
        return found.code == 1 or None

    assert by.poll(forgotten, what="the guest to have booted anew")
    shown = host.machines.show(host.name)
    assert shown is not None
    assert shown.power is Power.ON
