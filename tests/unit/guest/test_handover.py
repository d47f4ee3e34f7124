"""What hands the addresses over runs under the guest's systemd, and says how it went."""

import pytest

from factories import dual_stack_pair, make_pair
from vipprov.guest import handover
from vipprov.guest.errors import GuestError
from vipprov.guest.handover import Handover

PAIR = make_pair()


def test_whatever_ends_the_program_nothing_stays_frozen_and_keepalived_runs() -> None:
    command = handover.command(PAIR, *PAIR.guests)
    (afterwards,) = (word for word in command if word.startswith("--property=ExecStopPost="))
    assert "--signal=CONT" in afterwards
    assert "systemctl start keepalived.service" in afterwards
    (longest,) = (word for word in command if word.startswith("--property=RuntimeMaxSec="))
    assert float(longest.rpartition("=")[2]) > handover.seconds(PAIR, PAIR.guests[1])


def test_systemd_finds_nothing_to_expand_in_the_program() -> None:
    command = handover.command(PAIR, *PAIR.guests)
    assert not any("${" in word or word.startswith("$") for word in command)


def test_it_listens_for_the_heir_and_gives_up_every_instance() -> None:
    pair = dual_stack_pair()
    *_, heirs, four, six = handover.command(pair, *pair.guests)
    assert heirs == "10.50.50.52,2001:db8:50::52"
    assert (four, six) == ("4,50,vrrp.50", "6,50,vrrp6.50")


def test_it_waits_longer_than_the_heir_takes_to_miss_the_owner() -> None:
    assert handover.seconds(PAIR, PAIR.guests[1]) > 3 * PAIR.vip.advert_interval.total_seconds()


@pytest.mark.parametrize("how", list(Handover))
def test_its_words_are_read(how: Handover) -> None:
    assert handover.parse(f'{{"result": "{how.value}"}}') is how


@pytest.mark.parametrize("text", ["", "{}", '{"result": "perhaps"}', "[]"])
def test_an_answer_that_makes_no_sense_is_the_guests_error(text: str) -> None:
    with pytest.raises(GuestError):
        handover.parse(text)
