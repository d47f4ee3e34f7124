from dataclasses import replace
from ipaddress import ip_address, ip_interface

from factories import dual_stack_pair, make_guest, make_pair
from vipprov.guest import subnet
from vipprov.guest.pair import Pair
from vipprov.guest.vrrp import Family


def pair_in(*addresses: str) -> Pair:
    guests = tuple(
        make_guest(number, addresses=(ip_interface(address),))
        for number, address in enumerate(addresses, start=1)
    )
    return make_pair(guests=guests)


def test_the_highest_host_comes_first() -> None:
    assert subnet.candidates(make_pair(), Family.IPV4)[:2] == (
        ip_address("10.50.50.254"),
        ip_address("10.50.50.253"),
    )


def test_addresses_of_the_pair_are_left_out() -> None:
    pair = pair_in("10.50.50.254/24", "10.50.50.253/24")
    found = subnet.candidates(pair, Family.IPV4)
    assert found[0] == ip_address("10.50.50.252")


def test_a_small_subnet_is_exhausted_not_overrun() -> None:
    pair = pair_in("10.50.50.1/29", "10.50.50.2/29")
    found = subnet.candidates(pair, Family.IPV4)
    assert found == tuple(ip_address(f"10.50.50.{host}") for host in (6, 5, 4, 3))


def test_a_subnet_of_two_has_no_ends_to_leave_out() -> None:
    assert subnet.candidates(pair_in("10.50.50.0/31", "10.50.50.1/31"), Family.IPV4) == ()


def test_a_huge_ipv6_subnet_is_sampled_below_the_reserved_anycast_addresses() -> None:
    found = subnet.candidates(dual_stack_pair(), Family.IPV6)
    assert found[0] == ip_address("2001:db8:50:0:ffff:ffff:ffff:ff7f")
    assert len(found) == subnet.AT_MOST


def test_observers_that_the_pair_file_names_are_the_only_ones_of_their_family() -> None:
    named = ip_address("10.50.50.77")
    pair = replace(dual_stack_pair(), observers=(named,))
    assert subnet.candidates(pair, Family.IPV4) == (named,)
    assert len(subnet.candidates(pair, Family.IPV6)) == subnet.AT_MOST
