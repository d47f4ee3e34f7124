from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from factories import dual_stack_pair, make_pair, make_vip
from vipprov.guest import adverts, echo
from vipprov.guest.adverts import Advert
from vipprov.guest.errors import GuestError
from vipprov.guest.inside import adverts as inside_adverts
from vipprov.guest.inside import echo as inside_echo
from vipprov.guest.observation import EchoResult
from vipprov.guest.vrrp import instances

IP_HEADER = bytes([0x45, *range(19)])
LONGER_IP_HEADER = bytes([0x46, *range(23)])
ADVERT = bytes([0x21, 50, 254, 1, 0, 1, 0, 0])


def test_a_backup_is_patient_for_three_intervals_and_its_skew() -> None:
    assert adverts.patience(make_vip(), 256 - 64) == pytest.approx(3.25)
    quick = replace(make_vip(), advert_interval=timedelta(milliseconds=100))
    assert adverts.patience(quick, 254) == pytest.approx(0.3, abs=0.01)


def test_one_program_listens_for_family_router_and_peers_of_all_instances() -> None:
    pair = dual_stack_pair()
    both = instances(pair, pair.guests[0])
    assert adverts.words(both, seconds=3.5)[1:] == (
        "3.500",
        "4,50,/run/vipprov/role/web,10.50.50.52",
        "6,50,/run/vipprov/role/web-v6,2001:db8:50::52",
    )


def test_what_the_guest_heard_is_read() -> None:
    heard = "begun\n/run/vipprov/role/web 10.50.50.51 50 254 2\nend\n"
    source = ip_address("10.50.50.51")
    advert = Advert(source=source, virtual_router_id=50, priority=254, version=2)
    assert adverts.parse(heard) == (("web", advert),)
    assert adverts.parse("begun\nend\n") == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "7",
        "web 10.50.50.51 50 254 2\n",
        "web 10.50.50.51\nend\n",
        "web one 50 254 2\nend\n",
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error_of_the_guest(text: str) -> None:
    with pytest.raises(GuestError):
        adverts.parse(text)
    with pytest.raises(GuestError):
        echo.parse((ip_address("10.50.50.254"),), text)


@pytest.mark.parametrize(
    ("packet", "version"),
    [(IP_HEADER + ADVERT, 4), (LONGER_IP_HEADER + ADVERT, 4), (ADVERT, 6)],
    ids=["ipv4", "ipv4 with options", "ipv6"],
)
def test_an_advert_is_found_behind_the_ip_header(packet: bytes, version: int) -> None:
    assert inside_adverts.advert(packet, version) == (50, 254, 2)


def test_a_packet_too_short_for_an_advert_says_nothing() -> None:
    assert inside_adverts.advert(IP_HEADER + ADVERT[:7], 4) == ()


def test_only_the_reply_to_our_own_ping_counts() -> None:
    request = inside_echo.request(4, 7, 3)
    reply = IP_HEADER + bytes([0]) + request[1:]
    assert inside_echo.answer(4, 7, reply) == 3
    assert inside_echo.answer(4, 8, reply) == -1
    assert inside_echo.answer(4, 7, IP_HEADER + request) == -1
    assert inside_echo.answer(4, 7, reply[:22]) == -1


@pytest.mark.parametrize("program", [inside_adverts, inside_echo])
def test_programs_of_the_guest_have_nothing_newer_than_python_3_6(program: object) -> None:
    import ast  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    name = f"{getattr(program, '__name__', '').rpartition('.')[2]}.py"
    source = files("vipprov.guest.inside").joinpath(name).read_text()
    ast.parse(source, feature_version=(3, 6))
    assert "vipprov" not in source


def test_the_pair_without_a_peer_listens_for_nobody() -> None:
    pair = make_pair()
    (instance,) = instances(pair, pair.guests[0])
    alone = replace(instance, peers=())
    assert adverts.words((alone,), seconds=1)[-1] == "4,50,/run/vipprov/role/web"


def test_a_guest_that_is_master_waits_for_no_advert(tmp_path: Path) -> None:
    role = tmp_path / "web"
    assert not inside_adverts.is_master(str(role))
    role.write_text("BACKUP 2026-11-22T22:00:00Z\n")
    assert not inside_adverts.is_master(str(role))
    role.write_text("MASTER 2026-11-22T22:00:03Z\n")
    assert inside_adverts.is_master(str(role))


def test_one_program_pings_all_that_answer_outside() -> None:
    targets = (ip_address("10.50.50.254"), ip_address("2001:db8:50::fe"))
    assert echo.command(targets, seconds=1)[-4:] == (
        *("3", "1.000"),
        *("10.50.50.254", "2001:db8:50::fe"),
    )
    assert echo.parse(targets, "begun\n3 3\n3 0\n") == (
        EchoResult(target=targets[0], sent=3, received=3),
        EchoResult(target=targets[1], sent=3, received=0),
    )
    with pytest.raises(GuestError):
        echo.parse(targets, "begun\n3 3\n")
