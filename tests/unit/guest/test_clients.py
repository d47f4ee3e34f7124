"""What the judge makes of a client's own sight."""

from dataclasses import replace

from injuries import FAR, PAIR, VIP, VMAC, client, leaf, two_masters
from observations import OTHER_MAC, healthy
from vipprov.guest.check import Check, Verdict
from vipprov.guest.fabric import Binding
from vipprov.guest.judge import judge
from vipprov.guest.observation import Observations


def of_client(seen: Observations) -> dict[str, Check]:
    return {check.id: check for check in judge(PAIR, seen) if check.id.startswith("client")}


def test_client_that_has_the_virtual_mac_and_is_answered_passes() -> None:
    found = of_client(client(VMAC, received=3, seen=healthy(PAIR)))
    assert {check.verdict for check in found.values()} == {Verdict.PASS}
    assert found.keys() == {"client-arp", "client-ping"}


def test_client_behind_a_gateway_has_no_belief_to_judge() -> None:
    seen = client(VMAC, received=3, seen=healthy(PAIR))
    routed = replace(seen, clients=(replace(seen.clients[0], beliefs=()),))
    assert of_client(routed).keys() == {"client-ping"}


def test_loss_is_blamed_on_the_clients_own_entry_where_that_is_wrong() -> None:
    found = of_client(client(OTHER_MAC, received=0, seen=healthy(PAIR)))
    assert found["client-ping"].cause == found["client-arp"].cause
    assert "desk itself has 10.50.50.50 with 02:00:00:00:00:99" in found["client-arp"].cause


def test_loss_is_blamed_on_a_leaf_that_tells_of_it() -> None:
    stale = leaf(FAR, bindings=(Binding(address=VIP.ip, mac=OTHER_MAC),))
    found = of_client(client(VMAC, received=0, seen=stale))
    assert "stale IP→MAC" in found["client-ping"].cause


def test_loss_that_nothing_explains_points_at_the_client() -> None:
    found = of_client(client(VMAC, received=1, seen=healthy(PAIR)))
    assert found["client-ping"].seen == "1 of 3"
    assert "own routes" in found["client-ping"].next_move


def test_client_cannot_be_wrong_about_the_mac_while_two_own_the_vip() -> None:
    assert "client-arp" not in of_client(client(OTHER_MAC, received=3, seen=two_masters()))


def test_client_that_cannot_be_asked_is_unknown() -> None:
    seen = client(VMAC, received=3, seen=healthy(PAIR))
    mute = replace(seen, clients=(replace(seen.clients[0], error="Run as root."),))
    (found,) = of_client(mute).values()
    assert (found.id, found.verdict) == ("client", Verdict.UNKNOWN)
