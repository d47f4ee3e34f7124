"""What the judge makes of a fabric: what fails, what only warns, and what is no concern."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from factories import make_pair, make_vip
from injuries import FAR, NEAR, PAIR, VIP, VMAC, leaf, on_fabric, two_masters, unanswered
from observations import OTHER_MAC, healthy, healthy_fabric, with_leaf, with_vip
from vipprov.guest.check import Check, Verdict
from vipprov.guest.fabric import Binding, Place
from vipprov.guest.judge import judge
from vipprov.guest.observation import Observations
from vipprov.guest.pair import Pair

THIRD = "blue-leaf9"


def made(seen: Observations, pair: Pair = PAIR) -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {}
    for check in judge(pair, seen):
        found.setdefault(check.id, []).append(check)
    return found


def failing(seen: Observations, pair: Pair = PAIR) -> set[str]:
    return {check.id for check in judge(pair, seen) if check.verdict is not Verdict.PASS}


def warnings(seen: Observations, pair: Pair = PAIR) -> set[str]:
    return {check.warning for check in judge(pair, seen) if check.warning}


def of_fabric(**changes: Any) -> Observations:  # noqa: ANN401  any field, of its own type
    return replace(healthy(PAIR), fabric=replace(healthy_fabric(PAIR), **changes))


def test_whole_fabric_passes_and_says_what_it_was_asked() -> None:
    found = made(on_fabric(healthy(PAIR)))
    assert not failing(on_fabric(healthy(PAIR)))
    assert [check.subject for check in found["fabric-session"]] == [NEAR, FAR]
    assert [check.subject for check in found["fabric-neighbour"]][-1] == f"{VIP.ip} on {THIRD}"
    assert {check.expected for check in found["fabric-mac"]} == {f"behind {NEAR}"}


def test_pair_that_stands_on_no_fabric_has_no_checks_of_it() -> None:
    assert not [check for check in made(healthy(PAIR)) if check.startswith("fabric")]


def test_fabric_that_cannot_be_asked_is_unknown() -> None:
    (found,) = made(of_fabric(error="Run as root."))["fabric"]
    assert (found.verdict, found.cause) == (Verdict.UNKNOWN, "Run as root.")


@pytest.mark.parametrize(
    "changes",
    [
        {"down": ("underlay",), "lost": frozenset({NEAR, FAR})},
        {"error": "vtysh failed."},
        {"places": (), "bindings": (), "routed": frozenset()},
        {"room": 1000},
    ],
)
def test_leaf_that_no_guest_is_plugged_into_may_fail(changes: dict[str, Any]) -> None:
    assert not failing(leaf(THIRD, **changes))


def test_session_with_a_leaf_of_no_guest_is_no_concern() -> None:
    lost = frozenset({THIRD})
    assert not failing(leaf(NEAR, lost=lost, unflooded=lost))


def test_leaf_of_no_guest_must_not_have_the_virtual_mac_elsewhere() -> None:
    seen = leaf(THIRD, places=(Place(mac=VMAC, behind=FAR),))
    assert failing(seen) == {"fabric-mac"}


def test_duplicate_that_nobody_freezes_is_a_warning() -> None:
    flagged = (Place(mac=VMAC, behind=NEAR, duplicate=True),)
    seen = leaf(FAR, places=flagged)
    assert not failing(seen)
    assert "Nothing is frozen." in "".join(warnings(seen))
    assert seen.fabric is not None
    frozen = replace(seen, fabric=replace(seen.fabric, freezes=True))
    assert failing(frozen) == {"fabric-duplicate"}
    assert not warnings(frozen)


def test_stale_entry_of_a_leaf_that_only_bridges_hurts_nobody() -> None:
    stale = leaf(FAR, bindings=(Binding(address=VIP.ip, mac=OTHER_MAC),))
    assert failing(stale) == {"fabric-neighbour"}
    assert stale.fabric is not None
    assert not failing(replace(stale, fabric=replace(stale.fabric, uses_bindings=False)))


def test_silence_behind_a_stale_entry_is_not_blamed_on_the_port() -> None:
    stale = leaf(FAR, bindings=(Binding(address=VIP.ip, mac=OTHER_MAC),))
    checks = made(with_vip(stale, unanswered))["arp"]
    near, far = (one.cause for one in checks)
    assert "forged transmits" in near
    assert "stale IP→MAC" in far


def test_pair_that_speaks_too_seldom_is_warned_before_it_is_forgotten() -> None:
    told = "".join(warnings(of_fabric(ageing=timedelta(seconds=10))))
    assert "forgets after 10 s of silence, and the pair refreshes it every 60 s" in told
    never = make_pair(vip=make_vip(garp_refresh=timedelta(0)))
    assert "never refreshes it" in "".join(warnings(on_fabric(healthy(never)), never))
    assert not warnings(on_fabric(healthy(PAIR)))


def test_forgotten_mac_is_cured_by_a_refresh_within_the_ageing() -> None:
    seen = of_fabric(ageing=timedelta(seconds=10))
    for name in (NEAR, FAR):
        seen = with_leaf(seen, name, lambda one: replace(one, places=(), bindings=()))
    moves = {check.next_move for check in made(seen)["fabric-mac"] if check.next_move}
    assert moves == {"Set `vip.garp_refresh` to less than the ageing, such as 5s."}


def test_leafs_are_not_asked_where_the_mac_is_while_two_own_it() -> None:
    found = made(on_fabric(two_masters()))
    assert "fabric-mac" not in found
    assert "fabric-link" in found


def test_owner_behind_a_silent_leaf_is_no_ground_for_a_verdict_on_its_mac() -> None:
    assert "fabric-mac" not in made(leaf(NEAR, error="vtysh failed.", places=()))
