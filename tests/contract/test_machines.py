"""All machines, fake or real, keep these promises."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest

from fakes.machines import FakeMachines, says
from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import DeadlineError, GuestError, HeldError, MissingError
from vipprov.guest.pair import Size
from vipprov.hv.machine import Completed, Machines, MachineSpec, Nic, Power
from vipprov.hv.mark import Mark

ECHO = ("sh", "-c", 'cat; echo "to stderr" >&2; exit 7')
SEED = Seed(meta_data="instance-id: contract\n", user_data="#cloud-config\n", network_config="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Machines, and a machine that they can make."""

    machines: Machines
    spec: MachineSpec

    @property
    def name(self) -> str:
        return self.spec.name


def spec(image: Path, name: str) -> MachineSpec:
    return MachineSpec(
        name=name,
        image=image,
        size=Size(cpus=1, memory=256 << 20, disk=1 << 30),
        nics=(Nic(mac="52:54:00:c0:00:01", port_group="leaf1", guest_name="eth0"),),
        seed=SEED,
        mark=Mark(pair="contract", guest=name, identity="one"),
    )


@pytest.fixture(params=["fake", pytest.param("lxc:///system", marks=pytest.mark.lab)])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    name = f"contract-{uuid4().hex[:8]}"
    if request.param == "fake":
        fake = FakeMachines(echoed)
        yield Host(machines=fake, spec=spec(Path("/image"), name))
        return
    yield from real(name)


def echoed(_name: str, _argv: Sequence[str], stdin: bytes) -> Completed:
    return says(stdin.decode(), code=7, stderr="to stderr\n")


def real(name: str) -> Iterator[Host]:
    from lab.command import vipprov  # noqa: PLC0415  the fake needs no bridges and no image
    from lab.images import tree  # noqa: PLC0415
    from vipprov.hv.libvirtd.machine import Containers  # noqa: PLC0415
    from vipprov.hv.libvirtd.session import Session  # noqa: PLC0415
    from vipprov.hv.storage import machines  # noqa: PLC0415

    for arguments in (("lab", "up"), ("image", "build", "debian-12")):
        assert vipprov(*arguments).code == 0
    with Session("lxc:///system") as session:
        containers = Containers(session, store=machines(), clock=SystemClock())
        try:
            yield Host(machines=containers, spec=spec(tree(), name))
        finally:
            containers.remove(name)


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


def test_unknown_machine_is_shown_as_none(host: Host) -> None:
    assert host.machines.show(host.name) is None


def test_new_machine_is_off_and_as_it_was_specified(host: Host) -> None:
    made = host.machines.define(host.spec)
    assert made.power is Power.OFF
    assert (made.name, made.nics, made.mark) == (host.name, host.spec.nics, host.spec.mark)
    assert host.machines.show(host.name) == made
    assert made in host.machines.list()


def test_defining_again_leaves_the_machine_as_it_is(host: Host) -> None:
    made = host.machines.define(host.spec)
    other = replace(host.spec, mark=replace(host.spec.mark, identity="two"))
    assert host.machines.define(other) == made


def test_machine_of_another_pair_is_not_taken_over(host: Host) -> None:
    made = host.machines.define(host.spec)
    other = replace(host.spec, mark=replace(host.spec.mark, pair="another"))
    with pytest.raises(HeldError):
        host.machines.define(other)
    assert host.machines.show(host.name) == made


def test_turning_on_twice_and_off_twice_is_quiet(host: Host) -> None:
    host.machines.define(host.spec)
    for power in (Power.ON, Power.ON, Power.OFF, Power.OFF):
        assert host.machines.set_power(host.name, power).power is power


def test_power_and_mark_of_an_unknown_machine_are_refused(host: Host) -> None:
    with pytest.raises(MissingError):
        host.machines.set_power(host.name, Power.ON)
    with pytest.raises(MissingError):
        host.machines.set_mark(host.name, host.spec.mark)


def test_mark_is_replaced_while_on_and_stays_when_off(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    ready = replace(host.spec.mark, ready=True)
    host.machines.set_mark(host.name, ready)
    assert host.machines.set_power(host.name, Power.OFF).mark == ready


def test_mark_can_be_forgotten_twice(host: Host) -> None:
    host.machines.define(host.spec)
    for _ in range(2):
        host.machines.set_mark(host.name, None)
    shown = host.machines.show(host.name)
    assert shown is not None
    assert shown.mark is None


def test_command_gets_its_input_and_ends_with_its_output_and_code(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    done = host.machines.run(host.name, ECHO, by=soon(), stdin=b"in")
    assert (done.code, done.stdout, done.stderr) == (7, b"in", b"to stderr\n")


def test_command_in_a_machine_that_is_off_is_the_guests_error(host: Host) -> None:
    host.machines.define(host.spec)
    with pytest.raises(GuestError):
        host.machines.run(host.name, ECHO, by=soon())


def test_command_whose_time_is_over_is_ended(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    with pytest.raises(DeadlineError):
        host.machines.run(host.name, ("sleep", "60"), by=soon(0))


def test_port_on_which_nothing_answers_is_the_guests_error(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    with pytest.raises(GuestError, match="port 9 "):
        host.machines.open_port(host.name, 9, by=soon())


def test_logs_are_saved_of_a_machine_that_is_off(host: Host, tmp_path: Path) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    host.machines.set_power(host.name, Power.OFF)
    host.machines.save_logs(host.name, tmp_path / "logs")
    assert any((tmp_path / "logs").iterdir())


def test_running_machine_is_removed_and_removing_again_is_quiet(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    for _ in range(2):
        host.machines.remove(host.name)
    assert host.machines.show(host.name) is None
