import os

import pytest

from vipprov.hv.fabric import frrprocess
from vipprov.hv.fabric.evpnspec import EvpnLab
from vipprov.hv.fabric.frrprocess import Process

BLUE = EvpnLab(name="blue")
BGPD = ["/usr/lib/frr/bgpd", "-d", "-f", "/run/vipprov-blue/vtep2/bgpd.conf", ""]
SNOOPER = ["python3", "-P", "-m", frrprocess.SNOOPER, "/run/vipprov-blue/vtep1/", "host100", ""]


def test_a_daemon_is_known_by_the_folder_in_its_arguments() -> None:
    assert frrprocess.recognised(BLUE, 7, BGPD) == Process(pid=7, program="bgpd", leaf=2)
    assert frrprocess.recognised(BLUE, 8, SNOOPER) == Process(pid=8, program="arpsnoop", leaf=1)


@pytest.mark.parametrize(
    "words",
    [
        ["/usr/lib/frr/bgpd", "-d", "-f", "/etc/frr/bgpd.conf"],
        ["/usr/lib/frr/bgpd", "-d", "-f", "/run/vipprov-blues/vtep2/bgpd.conf"],
        ["less", "/run/vipprov-blue/vtep2/bgpd.log"],
        ["bgpd"],
        ["", "/run/vipprov-blue/vtep2/"],
    ],
)
def test_no_other_process_is_the_labs(words: list[str]) -> None:
    assert frrprocess.recognised(BLUE, 7, words) is None


def test_this_process_is_nobodys_daemon() -> None:
    assert os.getpid() not in {one.pid for one in frrprocess.running(BLUE)}
