"""A port of a neighbour on a bridge is reached without an address of the host's."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address
from pathlib import Path

import pytest

from lab.client import Client, ip, plugged
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import HypervisorError
from vipprov.hv import linklocal, namespace

# It counts cables, and whoever looks from a bridge meanwhile has some.
pytestmark = [pytest.mark.lab, pytest.mark.alone]

PORT = 2222
INET6 = socket.AF_INET6


def soon() -> Deadline:
    return Deadline.after(10, clock=SystemClock())


@pytest.fixture
def neighbour(leaves: None) -> Iterator[Client]:  # noqa: ARG001  it has to be there
    with plugged("leaf1", "fe80::77/64") as client:
        yield client


@contextmanager
def listening(client: Client) -> Iterator[socket.socket]:
    inside = Path("/run/netns") / client.namespace
    server = namespace.within(inside, lambda: socket.create_server(("::", PORT), family=INET6))
    with server:
        yield server


def cables() -> set[str]:
    links = json.loads(ip("-j", "link"))
    return {link["ifname"] for link in links if link["ifname"].startswith("vpo")}


def test_neighbour_hears_us_and_answers(neighbour: Client) -> None:
    with (
        listening(neighbour) as server,
        linklocal.connect("leaf1", IPv6Address("fe80::77"), PORT, by=soon()) as wire,
    ):
        there, who = server.accept()
        with there:
            assert who[0].startswith("fe80::")
            there.sendall(b"hello")
            assert wire.recv(5) == b"hello"


def test_cable_goes_with_the_socket(neighbour: Client) -> None:
    before = cables()
    with listening(neighbour):
        wire = linklocal.connect("leaf1", IPv6Address("fe80::77"), PORT, by=soon())
        assert len(cables() - before) == 1
        wire.close()
    assert soon().poll(lambda: cables() == before or None, what="the cable to go")


@pytest.mark.usefixtures("neighbour")
def test_port_on_which_nothing_listens_is_refused_and_leaves_nothing() -> None:
    before = cables()
    with pytest.raises(ConnectionRefusedError):
        linklocal.connect("leaf1", IPv6Address("fe80::77"), PORT, by=soon())
    assert soon().poll(lambda: cables() == before or None, what="the cable to go")


@pytest.mark.usefixtures("leaves")
def test_bridge_that_is_not_there_is_the_hypervisors_error() -> None:
    before = cables()
    with pytest.raises(HypervisorError, match="plug a cable into the bridge no-such"):
        linklocal.connect("no-such", IPv6Address("fe80::77"), PORT, by=soon())
    assert soon().poll(lambda: cables() == before or None, what="the cable to go")
