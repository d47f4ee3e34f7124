"""What runs inside a guest reads packets as scapy builds them, and builds what scapy reads."""

import socket
from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest
from scapy.layers.vrrp import VRRP, VRRPv3
from scapy.packet import Raw

from vipprov.guest.inside import adverts, echo

FROM, TO = "10.50.50.51", "10.50.50.52"
PLAIN, WITH_OPTIONS = IP(src=FROM, dst=TO), IP(src=FROM, dst=TO, options=b"\x94\x04\x00\x00")


@pytest.mark.parametrize(("packet", "version"), [(VRRP, 2), (VRRPv3, 3)])
@pytest.mark.parametrize("head", [PLAIN, WITH_OPTIONS], ids=["plain", "with options"])
def test_an_advert_is_read_as_scapy_builds_it(packet: Any, version: int, head: Any) -> None:  # noqa: ANN401  scapy has no types
    carrier = head.copy()
    carrier.proto = 112
    advert = packet(vrid=50, priority=254, addrlist=["10.50.50.50"])
    wanted = (50, 254, version)
    assert adverts.advert(bytes(carrier / advert), 4) == wanted
    # A raw socket of IPv6 gives what follows the header.
    assert adverts.advert(bytes(advert), 6) == wanted


def test_a_request_is_one_to_scapy_with_a_checksum_that_it_computes_too() -> None:
    request = echo.request(4, 0xBEEF, 7)
    read = ICMP(request)
    assert (read.type, read.code, read.id, read.seq) == (8, 0, 0xBEEF, 7)
    again = read.copy()
    again.delfieldval("chksum")
    assert bytes(again) == request
    six = ICMPv6EchoRequest(echo.request(6, 0xBEEF, 7))
    assert (six.type, six.id, six.seq) == (128, 0xBEEF, 7)


class Wire:
    """Answers each request, and lets somebody else answer each as well."""

    def __init__(self, *senders: str) -> None:
        self.senders = senders
        self.ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.kept: list[tuple[bytes, tuple[str, int]]] = []

    def fileno(self) -> int:
        return self.ends[0].fileno()

    def sendto(self, packet: bytes, _to: object) -> None:
        asked = ICMP(packet)
        for sender in self.senders:
            reply = IP(src=sender, dst=TO) / ICMP(type=0, id=asked.id, seq=asked.seq)
            self.kept.append((bytes(reply), (sender, 0)))
            self.ends[1].send(b"one")

    def recvfrom(self, _size: int) -> tuple[bytes, tuple[str, int]]:
        self.ends[0].recv(9)
        return self.kept.pop(0)


@pytest.mark.parametrize(("senders", "answered"), [((FROM,), 3), ((TO,), 0), ((TO, FROM), 3)])
def test_only_what_the_target_answers_counts(senders: tuple[str, ...], answered: int) -> None:
    wire: Any = Wire(*senders)
    assert echo.main(wire, 4, 0xBEEF, FROM, 3, 0.3) == (3, answered)
    for end in wire.ends:
        end.close()


class Unreachable:
    def sendto(self, _packet: bytes, _to: object) -> None:
        raise PermissionError(1, "Operation not permitted")


def test_a_request_that_the_kernel_refuses_is_not_talked_about(
    capfd: pytest.CaptureFixture[str],
) -> None:
    wire: Any = Unreachable()
    echo.send(wire, echo.request(4, 0xBEEF, 1), FROM)
    assert capfd.readouterr() == ("", "")


def test_a_reply_is_the_targets_whatever_link_it_came_by() -> None:
    assert echo.is_from("fe80::1", "fe80::1%eth0")
    assert echo.is_from("10.50.50.1", "10.50.50.1")
    assert not echo.is_from("10.50.50.1", "10.50.50.11")


@pytest.mark.parametrize("head", [PLAIN, WITH_OPTIONS], ids=["plain", "with options"])
def test_a_reply_of_scapy_is_read(head: Any) -> None:  # noqa: ANN401  scapy has no types
    reply = head / ICMP(type=0, id=0xBEEF, seq=7) / Raw(b"odd")
    assert echo.answer(4, 0xBEEF, bytes(reply)) == 7
    assert echo.answer(4, 0xBEE0, bytes(reply)) == -1
    six = ICMPv6EchoReply(id=0xBEEF, seq=7, data=b"odd")
    assert echo.answer(6, 0xBEEF, bytes(six)) == 7
