"""Each error of libvirt becomes one of ours, with what libvirt said."""

import libvirt
import pytest

from vipprov.guest.errors import HypervisorError, MissingError, VipprovError
from vipprov.hv.libvirtd.faults import FAULTS, translated
from vipprov.hv.libvirtd.session import Session

NOT_THERE = {
    code
    for name, code in vars(libvirt).items()
    if name.startswith("VIR_ERR_NO_")
    and any(name.endswith(what) for what in ("DOMAIN", "NETWORK", "NWFILTER", "NWFILTER_BINDING"))
}


def test_every_code_for_an_object_of_ours_that_is_not_there_is_in_the_table() -> None:
    assert {code for code in NOT_THERE if FAULTS[code][0] is MissingError} == NOT_THERE


def test_missing_domain_is_missing() -> None:
    with (
        Session("test:///default") as session,
        pytest.raises(MissingError, match="Could not find web") as raised,
    ):
        session.call("find web", lambda: session.connection.lookupByName("web"))
    assert "Domain not found" in raised.value.details


def test_error_that_is_not_in_the_table_is_the_hypervisors() -> None:
    with (
        Session("test:///default") as session,
        pytest.raises(HypervisorError, match="Could not define"),
    ):
        session.call("define", lambda: session.connection.defineXML("<nonsense"))


def test_hypervisor_that_is_not_there_cannot_be_reached() -> None:
    with pytest.raises(VipprovError) as raised, Session("test:///no/such/file"):
        pass
    assert raised.value.exit_code == 4


def test_nothing_else_is_caught() -> None:
    with pytest.raises(ZeroDivisionError), translated("divide"):
        raise ZeroDivisionError
