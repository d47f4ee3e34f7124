"""Whom a client behind a gateway probes, and by whose MAC."""

import pytest

from factories import dual_stack_pair
from fakes.clock import FakeClock
from fakes.vantage import FakeVantage
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.guest.pair import Address
from vipprov.hv.fabric.evpnspec import ROUTED_GATEWAY
from vipprov.hv.frames import Host
from vipprov.pipelines import aims
from vipprov.pipelines.aims import Target

PAIR = dual_stack_pair()
THEIRS = "26:1f:52:eb:4a:0f"


def routed(*taken: str, silent: bool = False) -> Target:
    def macs(address: Address) -> tuple[str, ...]:
        if address == ROUTED_GATEWAY.ip:
            return () if silent else (THEIRS,)
        return ("02:00:00:00:00:01",) if str(address) in taken else ()

    by = Deadline.after(60, clock=FakeClock())
    return aims.routed(PAIR, "blue-routed", ROUTED_GATEWAY, FakeVantage(macs), by=by)


def test_its_frames_go_to_the_gateway_and_its_packets_to_the_virtual_address() -> None:
    target = routed("198.51.100.254")
    (aim,) = target.aims
    assert (aim.port_group, aim.mac, str(aim.source)) == ("blue-routed", THEIRS, "198.51.100.253")
    assert aim.vip == PAIR.vip.addresses[0].ip
    assert target.told == (Host(mac=THEIRS, address=ROUTED_GATEWAY.ip),)


def test_without_a_gateway_that_answers_nothing_is_probed() -> None:
    with pytest.raises(HypervisorError, match="blue-routed"):
        routed(silent=True)
