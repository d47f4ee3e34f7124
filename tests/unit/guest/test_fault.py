"""What each fault costs of the fabric's budget."""

import pytest

from factories import make_pair, make_vip
from vipprov.guest import fault
from vipprov.guest.fault import NATURES, Ending, Fault

PAIR = make_pair()
BEST, OTHER = PAIR.guests
PREEMPTING = make_pair(vip=make_vip(preempt=True))


def test_every_fault_has_a_nature() -> None:
    assert set(NATURES) == set(Fault)


def test_owner_that_lives_on_unheard_makes_two_owners() -> None:
    two = {one for one in Fault if NATURES[one].ending is Ending.TWO_OWNERS}
    assert two == {Fault.HANG, Fault.ISOLATE}


@pytest.mark.parametrize("one", [Fault.STOP, Fault.CRASH, Fault.POWER, Fault.LINK])
def test_a_fail_over_is_one_move_and_the_way_back_another(one: Fault) -> None:
    assert fault.cost(PAIR, BEST, one, with_return=False) == 1
    assert fault.cost(PAIR, BEST, one, with_return=True) == 2


def test_the_best_of_a_preempting_pair_takes_the_address_back() -> None:
    assert fault.cost(PREEMPTING, PREEMPTING.guests[0], Fault.STOP, with_return=False) == 2
    assert fault.cost(PREEMPTING, PREEMPTING.guests[1], Fault.STOP, with_return=False) == 1
