import os
import subprocess
from dataclasses import replace
from ipaddress import ip_interface
from pathlib import Path

import pytest

from factories import make_pair
from vipprov.guest import networkd, render, update
from vipprov.guest.pair import Management, Pair

PAIR = make_pair()
GUEST = PAIR.guests[0]
FOLDER = "/etc/systemd/network"


def paths(pair: Pair = PAIR) -> list[str]:
    return [str(file.path) for file in networkd.files(pair, pair.guests[0])]


def test_nic_under_the_vip_takes_no_address_that_nobody_asked_for() -> None:
    (file,) = networkd.files(PAIR, GUEST)
    assert str(file.path) == f"{FOLDER}/10-cloud-init-eth0.network.d/vipprov.conf"
    assert "IPv6AcceptRA=no" in file.content.splitlines()


def test_static_addresses_stay_while_networkd_reads_it() -> None:
    (file,) = networkd.files(PAIR, GUEST)
    assert "KeepConfiguration=static" in file.content.splitlines()


def test_management_nic_is_left_alone_where_it_asks_for_its_address() -> None:
    managed = replace(PAIR, management=Management(port_group="mgmt"))
    assert len(paths(managed)) == 1
    static = replace(GUEST, management_addresses=(ip_interface("192.0.2.51/24"),))
    both = replace(managed, guests=(static, *PAIR.guests[1:]))
    assert paths(both)[1:] == [f"{FOLDER}/10-cloud-init-eth1.network.d/vipprov.conf"]


def test_guest_that_lacks_it_is_given_it_live_without_touching_keepalived() -> None:
    configuration = render.configuration(PAIR, GUEST)
    there = {
        file.path: file.content for file in configuration.files if not networkd.is_ours(file.path)
    }
    changes = update.changes(there, configuration)
    assert update.activation(changes) == (networkd.APPLY,)
    assert not update.disruptive(changes)


def test_first_boot_reads_it() -> None:
    assert networkd.APPLY in render.configuration(PAIR, GUEST).at_first_boot


@pytest.mark.parametrize(
    ("file", "told"),
    [("10-cloud-init-eth0.network", "reload\n"), ("10-netplan-eth0.network", "")],
)
def test_networkd_reads_again_only_where_cloud_init_writes_its_files(
    tmp_path: Path, file: str, told: str
) -> None:
    (tmp_path / file).touch()
    for name, body in (("systemctl", ""), ("networkctl", 'echo "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    *command, _ = networkd.APPLY
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [*command, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == told
