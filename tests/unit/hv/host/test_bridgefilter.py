import json
from pathlib import Path

import pytest

from vipprov.guest.check import Verdict
from vipprov.hv.host import bridgefilter, checks
from vipprov.hv.host.bridgefilter import BridgeFilter, Chain

ON = ("bridge-nf-call-iptables",)


def chain(family: str = "ip", policy: str = "drop", hook: str = "forward") -> dict[str, object]:
    body = {"family": family, "table": "filter", "name": "FORWARD", "handle": 1, "type": "filter"}
    return {"chain": body | {"hook": hook, "prio": 0, "policy": policy}}


def listing(*chains: dict[str, object]) -> str:
    plain = {"chain": {"family": "ip", "table": "filter", "name": "DOCKER", "handle": 2}}
    return json.dumps({"nftables": [{"metainfo": {"version": "1"}}, plain, *chains]})


def judged(text: str, on: tuple[str, ...] = ON) -> Verdict:
    return checks.bridge_filter(BridgeFilter(on=on, chains=bridgefilter.parse_nft(text))).verdict


@pytest.mark.parametrize(
    ("chains", "verdict"),
    [
        (listing(), Verdict.PASS),
        (listing(chain()), Verdict.FAIL),
        (listing(chain(policy="accept")), Verdict.PASS),
        (listing(chain(hook="input")), Verdict.PASS),
        (listing(chain(family="inet")), Verdict.FAIL),
        (listing(chain(family="ip6")), Verdict.PASS),
        (listing(chain(family="bridge")), Verdict.PASS),
    ],
)
def test_a_forward_chain_that_drops_by_itself_cuts_guests_off(
    chains: str, verdict: Verdict
) -> None:
    assert judged(chains) is verdict


def test_a_chain_that_drops_hurts_nobody_while_bridged_packets_do_not_meet_it() -> None:
    assert judged(listing(chain()), on=()) is Verdict.PASS


def test_the_cure_names_the_switch() -> None:
    seen = BridgeFilter(on=ON, chains=bridgefilter.parse_nft(listing(chain())))
    check = checks.bridge_filter(seen)
    assert check.next_move == "sysctl -w net.bridge.bridge-nf-call-iptables=0"
    assert "DROP" in check.cause


def test_chains_that_nobody_could_read_are_unknown() -> None:
    check = checks.bridge_filter(BridgeFilter(on=ON, chains=None))
    assert check.verdict is Verdict.UNKNOWN


def test_the_older_packet_filter_is_read_too() -> None:
    (found,) = bridgefilter.parse_iptables("-P FORWARD DROP\n-A FORWARD -j DOCKER\n", "ip")
    assert found == Chain(family="ip", table="filter", name="FORWARD", drops=True)


def test_switches_that_are_off_or_absent_are_not_on(tmp_path: Path) -> None:
    assert bridgefilter.switches(tmp_path) == ()
    (tmp_path / "bridge-nf-call-iptables").write_text("1\n")
    (tmp_path / "bridge-nf-call-ip6tables").write_text("0\n")
    assert bridgefilter.switches(tmp_path) == ON
