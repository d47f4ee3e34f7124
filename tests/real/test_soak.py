"""The soak hears what pairs say, and counts a take-over that had a cause as well as one without."""

from contextlib import closing

import pytest

from keepalived_members import Member, until
from measure.candidates import Candidate
from measure.silence import Ears
from measure.soak import Running, running
from vipprov.guest.deadline import SystemClock

pytestmark = pytest.mark.real

INTERVAL = 0.1
CLOCK = SystemClock()


def test_silence_between_adverts_is_heard_and_a_takeover_is_counted() -> None:
    with running((Candidate(milliseconds=100),)) as (pair,):
        router = pair.pair.vip.virtual_router_id
        with closing(Ears(CLOCK, {member.pid: router for member in pair.members})) as ears:
            ears.listen(CLOCK.now() + 10 * INTERVAL)
            silences, missed = ears.take()
            assert INTERVAL / 2 < silences[router] < 5
            assert missed == 0
            before = pair.takeovers
            owner(pair).do("ip", "link", "set", "eth0", "down")
            until().poll(lambda: pair.takeovers > before or None, what="a take-over")


def owner(pair: Running) -> Member:
    (found,) = (one for one in pair.members if one.role(pair.pair.name) == "MASTER")
    return found
