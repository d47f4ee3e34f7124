"""Who may take over on purpose."""

import pytest

from factories import make_guest, make_pair, make_vip
from vipprov.guest.errors import SpecError
from vipprov.pipelines.switchover import chosen

PAIR = make_pair(guests=(make_guest(1), make_guest(2), make_guest(3)))
FIRST, SECOND, THIRD = PAIR.guests


def test_the_next_in_line_takes_over() -> None:
    assert chosen(PAIR, FIRST, None) is SECOND
    assert chosen(PAIR, SECOND, None) is FIRST
    assert chosen(PAIR, FIRST, "web-2") is SECOND


def test_of_equals_the_higher_address_is_next() -> None:
    equal = make_pair(guests=tuple(make_guest(number, priority=50) for number in (1, 2, 3)))
    assert chosen(equal, equal.guests[0], None) is equal.guests[2]


def test_whoever_is_not_next_in_line_is_refused_with_who_is() -> None:
    with pytest.raises(SpecError, match="web-2 has a better priority"):
        chosen(PAIR, FIRST, "web-3")


def test_a_stranger_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SpecError) as refused:
        chosen(PAIR, FIRST, "db-1")
    assert refused.value.hint == "Its guests: web-1, web-2, web-3."


def test_a_pair_without_a_virtual_mac_is_refused() -> None:
    plain = make_pair(vip=make_vip(vmac=False))
    with pytest.raises(SpecError, match="no virtual MAC"):
        chosen(plain, plain.guests[0], None)


def test_a_pair_that_would_give_the_address_back_is_refused() -> None:
    preempting = make_pair(vip=make_vip(preempt=True))
    with pytest.raises(SpecError, match="at once"):
        chosen(preempting, preempting.guests[0], None)
    assert chosen(preempting, preempting.guests[1], None) is preempting.guests[0]
