from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import dual_stack_pair, make_pair
from injuries import INJURIES, PAIR, Injury
from observations import healthy
from vipprov.guest.check import Verdict, passed
from vipprov.guest.explanation import Explanation, Standing, explain
from vipprov.guest.judge import judge
from vipprov.guest.judgement import catalogue
from vipprov.guest.judgement.cause import Layer
from vipprov.guest.observation import Observations
from vipprov.guest.pair import Pair

CAUSES_PAGE = Path(__file__).parents[3] / "docs/causes.md"
ALL = pytest.mark.parametrize("injury", INJURIES, ids=lambda injury: injury.name)


def explained(seen: Observations, pair: Pair = PAIR) -> Explanation:
    return explain(pair, seen, judge(pair, seen))


@pytest.mark.parametrize("pair", [make_pair(), dual_stack_pair()], ids=["ipv4", "dual-stack"])
def test_healthy_pair_has_no_cause_and_says_by_what(pair: Pair) -> None:
    told = explained(healthy(pair), pair)
    assert (told.standing, told.cause, told.layer) == (Standing.HEALTHY, None, None)
    assert told.evidence


@ALL
def test_injury_is_explained_by_its_cause(injury: Injury) -> None:
    told = explained(injury.seen, injury.pair)
    assert told.cause is injury.cause, told
    assert told.says
    assert told.next_move


@ALL
def test_one_cause_leaves_nothing_unexplained(injury: Injury) -> None:
    told = explained(injury.seen, injury.pair)
    assert injury.cause is catalogue.UNEXPLAINED or (told.evidence and not told.unexplained), told


def test_every_cause_has_an_injury() -> None:
    assert {injury.cause for injury in INJURIES} == set(catalogue.CAUSES)


def test_pair_that_nobody_looked_at_is_not_healthy() -> None:
    seen = replace(healthy(PAIR), segments=())
    assert explained(seen).cause is catalogue.NOBODY_LOOKED


def test_filter_on_the_backup_does_not_explain_a_silent_owner() -> None:
    silent = next(one for one in INJURIES if one.cause is catalogue.FORGED).seen
    closed = next(one for one in INJURIES if one.name == "a filter of somebody's own").seen.ports[0]
    ports = (silent.ports[0], replace(closed, guest=PAIR.guests[1].name))
    told = explained(replace(silent, ports=ports))
    assert told.cause is catalogue.FORGED
    assert told.unexplained == ("port (web-2)",)


def test_filter_on_the_backup_does_not_explain_what_a_leaf_has_wrong_of_the_owner() -> None:
    elsewhere = next(one for one in INJURIES if one.name == "virtual MAC elsewhere").seen
    closed = next(one for one in INJURIES if one.name == "a filter of somebody's own").seen.ports[0]
    ports = (elsewhere.ports[0], replace(closed, guest=PAIR.guests[1].name))
    told = explained(replace(elsewhere, ports=ports))
    assert told.unexplained == ("fabric-mac (00:00:5e:00:01:32 on blue-leaf2)",)


def test_page_of_causes_is_that_of_the_catalogue() -> None:
    rows = [f"| `{cause.id}` | {cause.layer.value} | {cause.sign} |" for cause in catalogue.CAUSES]
    told = [line for line in CAUSES_PAGE.read_text().splitlines() if line.startswith("| `")]
    assert told == rows


# Any mixture of what was seen of injured pairs keeps three promises.

OF_PAIR = tuple(injury for injury in INJURIES if injury.pair is PAIR)


@st.composite
def observations(draw: st.DrawFn) -> Observations:
    """Return guests, segments and ports, each as some injury shows it."""

    def some() -> Observations:
        return draw(st.sampled_from([healthy(PAIR), *(one.seen for one in OF_PAIR)]))

    return Observations(
        guests=tuple(some().guests[at] for at in range(len(PAIR.guests))),
        segments=draw(st.sampled_from([(), *(one.seen.segments for one in OF_PAIR)])),
        ports=tuple(some().ports[at] for at in range(len(PAIR.guests))),
        clients=some().clients,
        fabric=draw(st.sampled_from([None, *(one.seen.fabric for one in OF_PAIR)])),
    )


@given(observations())
def test_pair_whose_vip_does_not_answer_is_never_healthy(seen: Observations) -> None:
    answers = bool(seen.segments) and all(
        reach.ping is not None and reach.ping.received == reach.ping.sent
        for segment in seen.segments
        for reach in segment.vips
    )
    told = explained(seen)
    assert told.standing is not Standing.HEALTHY or (answers and passed(judge(PAIR, seen)))


@given(observations())
def test_no_check_is_blamed_on_two_causes_and_none_is_lost(seen: Observations) -> None:
    told = explained(seen)
    wrong = [
        f"{check.id} ({check.subject})"
        for check in judge(PAIR, seen)
        if check.verdict is not Verdict.PASS
    ]
    if told.cause is not None:
        assert sorted((*told.evidence, *told.unexplained)) == sorted(wrong)


@given(observations())
def test_layer_is_named_only_with_evidence(seen: Observations) -> None:
    told = explained(seen)
    is_named = told.layer not in {None, Layer.UNKNOWN}
    assert is_named == (told.standing is Standing.FAULTY)
    assert not is_named or told.evidence


@given(st.sampled_from(OF_PAIR), st.permutations(range(2)))
def test_order_of_what_was_seen_does_not_matter(injury: Injury, order: list[int]) -> None:
    seen = injury.seen
    turned = Observations(
        guests=tuple(seen.guests[at] for at in order),
        segments=tuple(seen.segments[at] for at in order),
        ports=tuple(seen.ports[at] for at in order),
        clients=seen.clients,
        fabric=seen.fabric and replace(seen.fabric, leafs=tuple(reversed(seen.fabric.leafs))),
    )
    assert explained(turned).cause is injury.cause
