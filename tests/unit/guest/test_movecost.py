"""What each fault costs of the fabric's budget."""

import pytest

from factories import make_pair, make_vip
from vipprov.guest import movecost
from vipprov.guest.fault import Fault

PAIR = make_pair()
BEST, OTHER = PAIR.guests
PREEMPTING = make_pair(vip=make_vip(preempt=True))


@pytest.mark.parametrize("one", [Fault.STOP, Fault.CRASH, Fault.POWER, Fault.LINK])
def test_a_fail_over_is_one_move_and_the_way_back_another(one: Fault) -> None:
    assert movecost.of_fault(PAIR, BEST, one, with_return=False) == 1
    assert movecost.of_fault(PAIR, BEST, one, with_return=True) == 2


def test_the_best_of_a_preempting_pair_takes_the_address_back() -> None:
    assert movecost.of_fault(PREEMPTING, PREEMPTING.guests[0], Fault.STOP, with_return=False) == 2
    assert movecost.of_fault(PREEMPTING, PREEMPTING.guests[1], Fault.STOP, with_return=False) == 1
