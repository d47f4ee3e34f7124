"""Machines on libvirt: races with the guest, marks that cannot be read, remnants of killed runs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import libvirt
import pytest

from contract.hosts import TEST, Host, opened
from fakes.domains import RestlessDomain, RestlessSession
from fakes.driver import FakeDriver
from vipprov.guest.errors import HypervisorError
from vipprov.hv.libvirtd import metadata
from vipprov.hv.libvirtd.machine import LibvirtMachines
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.machine import Power


def restless(domain: RestlessDomain) -> LibvirtMachines:
    session = cast("Session", RestlessSession(domain))
    return LibvirtMachines(session, FakeDriver(session))


def test_guest_that_powers_itself_off_a_moment_before_we_do_is_off() -> None:
    domain = RestlessDomain(deaths=1)
    assert restless(domain).set_power("web-1", Power.OFF).power is Power.OFF
    assert domain.verbs == ["destroy"]


def test_guest_that_dies_a_moment_before_it_is_resumed_is_started() -> None:
    domain = RestlessDomain(deaths=1, state=libvirt.VIR_DOMAIN_PAUSED)
    assert restless(domain).set_power("web-1", Power.ON).power is Power.ON
    assert domain.verbs == ["resume", "create"]


def test_guest_that_dies_a_moment_before_it_is_paused_cannot_be_paused() -> None:
    with pytest.raises(HypervisorError, match="is off and cannot be paused"):
        restless(RestlessDomain(deaths=1)).set_power("web-1", Power.PAUSED)


def test_refusal_that_no_change_of_state_explains_is_the_error() -> None:
    domain = RestlessDomain(deaths=0, state=libvirt.VIR_DOMAIN_PAUSED)
    with pytest.raises(HypervisorError, match="Could not turn web-1 off"):
        restless(domain).set_power("web-1", Power.OFF)
    assert domain.verbs == ["destroy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A machine on libvirt's test hypervisor, with its driver and its connection."""

    session: Session
    driver: FakeDriver
    host: Host

    def scribble(self, text: str) -> None:
        """Put a text in the place of the machine's mark."""
        metadata.write(self.session.connection.lookupByName(self.host.name), "pair", text)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with opened(TEST) as host, Session(TEST) as session:
        driver = FakeDriver(session)
        machines = LibvirtMachines(session, driver)
        machines.define(host.spec)
        yield Bench(session=session, driver=driver, host=replace(host, machines=machines))


@pytest.mark.parametrize("text", ["", "no JSON", "{}", '{"pair": "contract"}', "[1]"])
def test_machine_whose_mark_cannot_be_read_is_listed_with_the_reason(
    bench: Bench, text: str
) -> None:
    bench.scribble(text)
    (found,) = (one for one in bench.host.machines.list() if one.name == bench.host.name)
    assert found.mark is None
    assert "metadata cannot be read" in found.mark_error


def test_machine_whose_mark_cannot_be_read_is_taken_for_nobodys(bench: Bench) -> None:
    bench.scribble("{}")
    with pytest.raises(HypervisorError, match="is cannot be told") as one:
        bench.host.machines.define(bench.host.spec)
    assert "KeyError" in one.value.details


def test_mark_that_cannot_be_read_can_be_written_anew(bench: Bench) -> None:
    bench.scribble("{}")
    bench.host.machines.set_mark(bench.host.name, bench.host.spec.mark)
    shown = bench.host.machines.show(bench.host.name)
    assert shown is not None
    assert (shown.mark, shown.mark_error) == (bench.host.spec.mark, "")


def test_files_of_a_remnant_are_made_anew(bench: Bench) -> None:
    bench.host.machines.define(bench.host.spec)
    assert bench.driver.made == [bench.host.name] * 2
    assert bench.driver.files == [bench.host.name]


def test_files_are_left_alone_while_a_machine_runs_and_mended_while_it_is_off(
    bench: Bench,
) -> None:
    bench.host.machines.set_power(bench.host.name, Power.ON)
    bench.host.machines.define(bench.host.spec)
    bench.host.machines.set_power(bench.host.name, Power.OFF)
    bench.host.machines.set_mark(bench.host.name, replace(bench.host.spec.mark, ready=True))
    assert bench.driver.mended == []
    bench.host.machines.define(bench.host.spec)
    assert bench.driver.made == [bench.host.name]
    assert bench.driver.mended == [bench.host.name]


def test_files_go_before_the_machine_that_tells_of_them(bench: Bench) -> None:
    bench.host.machines.remove(bench.host.name)
    assert bench.driver.files == []
