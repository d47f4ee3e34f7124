"""What a switchover is said to have come to."""

from contextlib import nullcontext
from dataclasses import replace
from ipaddress import ip_address

import pytest

import schemas
from plans import VMAC
from vipprov.guest.errors import CheckFailedError
from vipprov.guest.moves import Move
from vipprov.guest.timeline import Gap, Reception
from vipprov.pipelines import switchoverwords
from vipprov.pipelines.outage import Span, View
from vipprov.pipelines.switchover import Moved

VMAC6 = "00:00:5e:00:02:32"


def moved(*macs: str, lost: int = 0) -> Moved:
    gaps = (Gap(start=1.0, end=1.25, lost=lost, reached=1.251),) if lost else ()
    reception = Reception(
        since=0.0, until=2.0, sent=2000, lost=lost, duplicates=0, late=0, gaps=gaps
    )
    view = View(
        port_group="leaf1",
        vip=ip_address("10.50.50.50"),
        reception=reception,
        claims=(0.3,),
        reached=1.251 if lost else None,
        macs=(VMAC,),
        drops=0,
    )
    moves = tuple(Move(at=0.3, mac=mac, before="web-1", after="web-2") for mac in macs)
    span = Span(since=0.0, until=2.0, views=(view,), moves=moves, adverts=(0.1, 0.2))
    return Moved(pair="web", before="web-1", after="web-2", span=span)


def test_nothing_lost_and_one_move_of_each_mac_is_clean() -> None:
    assert moved(VMAC, VMAC6).is_clean
    assert switchoverwords.text(moved(VMAC, VMAC6)).endswith(
        "web: web-1 handed over to web-2, 0 packets lost, MAC moves 1"
    )


@pytest.mark.parametrize(
    "seen", [moved(VMAC, lost=1), moved(VMAC, VMAC)], ids=["lost", "to and fro"]
)
def test_a_lost_packet_or_a_second_move_is_not(seen: Moved) -> None:
    assert not seen.is_clean
    with pytest.raises(CheckFailedError, match="web has moved, but not without a trace"):
        switchoverwords.demand_clean(seen)


@pytest.mark.parametrize("lost", [0, 3])
def test_where_moves_are_not_seen_nobody_says_that_there_was_but_one(lost: int) -> None:
    seen = moved(lost=lost)
    elsewhere = replace(seen, span=replace(seen.span, has_cables=False))
    document = switchoverwords.document(elsewhere)
    schemas.require("switchover", document, closed=True)
    with pytest.raises(CheckFailedError) if lost else nullcontext():
        switchoverwords.demand_clean(elsewhere)
    assert (document["clean"], document["mac_moves"]) == (False if lost else None, None)
    assert (
        switchoverwords.outcome(elsewhere) == f"{lost} packets lost, MAC moves not seen from here"
    )


def test_the_document_says_from_whom_to_whom_and_at_what_price() -> None:
    document = switchoverwords.document(moved(VMAC, lost=250))
    schemas.require("switchover", document, closed=True)
    assert (document["from"], document["to"]) == ("web-1", "web-2")
    assert (document["lost"], document["mac_moves"], document["clean"]) == (250, 1, False)
