"""What prepares the heir of a handover runs under its systemd and ends with it."""

from factories import dual_stack_pair, make_pair
from vipprov.guest import handover, welcome


def test_an_heir_is_told_of_every_address_and_gives_the_routes_of_ipv6_back() -> None:
    pair = dual_stack_pair()
    command = welcome.command(pair, pair.guests[1])
    assert command[-2:] == (
        "vrrp.50,00:00:5e:00:01:32,10.50.50.50",
        "vrrp6.50,00:00:5e:00:02:32,2001:db8:50::50",
    )
    (afterwards,) = (word for word in command if word.startswith("--property=ExecStopPost="))
    assert "ip -6 route del local 2001:db8:50::50 dev lo" in afterwards


def test_it_ends_by_itself_after_the_handover() -> None:
    pair = make_pair()
    command = welcome.command(pair, pair.guests[1])
    (longest,) = (word for word in command if word.startswith("--property=RuntimeMaxSec="))
    assert float(longest.rpartition("=")[2]) >= handover.seconds(pair, pair.guests[1])
    assert not any(word.startswith("--property=ExecStopPost=") for word in command)


def test_systemd_finds_nothing_to_expand_in_the_program() -> None:
    pair = dual_stack_pair()
    command = welcome.command(pair, pair.guests[1])
    assert not any("${" in word or word.startswith("$") for word in command)
