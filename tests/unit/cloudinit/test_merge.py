from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cloudinit_values import CONFIGURATION, KEY, pair, seed
from vipprov.cloudinit import own
from vipprov.cloudinit.credentials import Credentials
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import Pair

OPERATOR = Credentials(password_hash="$2y$10$not-a-real-hash", ssh_keys=(KEY,))  # noqa: S106


def test_lists_grow_and_ours_come_first(tmp_path: Path) -> None:
    told = merged(
        tmp_path,
        "write_files: [{path: /etc/motd, content: hi}]\n"
        "runcmd: [reboot, [echo, a]]\n"
        "packages: [vim]\n"
        "bootcmd: [[true]]\n"
        "users: [default, {name: bob}]\n"
        f"ssh_authorized_keys: ['{KEY}', other]\n",
    )
    assert [file["path"] for file in told["write_files"]][-1] == "/etc/motd"
    assert len(told["write_files"]) == len(CONFIGURATION.files) + 1
    assert told["runcmd"] == [["modprobe", "macvlan"], "reboot", ["echo", "a"]]
    assert told["packages"] == ["vim"]
    assert told["bootcmd"] == [["true", "at every boot"], [True]]
    assert told["users"] == ["default", {"name": "bob"}]
    assert told["ssh_authorized_keys"] == [KEY, "other"]


def test_keys_that_we_do_not_write_pass(tmp_path: Path) -> None:
    told = merged(tmp_path, "timezone: UTC\nntp: {enabled: true}\nssh_pwauth: true\n")
    assert told["timezone"] == "UTC"
    assert told["ntp"] == {"enabled": True}


def test_defaults_of_ours_yield(tmp_path: Path) -> None:
    told = merged(tmp_path, "locale: de_DE.UTF-8\npackage_update: true\nssh_genkeytypes: [rsa]\n")
    assert told["locale"] == "de_DE.UTF-8"
    assert told["package_update"] is True
    assert told["ssh_genkeytypes"] == ["rsa"]


def test_saying_the_same_is_no_clash(tmp_path: Path) -> None:
    told = merged(tmp_path, "hostname: web-1\nmanage_etc_hosts: localhost\n")
    assert told["hostname"] == "web-1"


def test_all_clashes_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    details = clashes(
        tmp_path,
        "hostname: other\n"
        "network: {version: 2}\n"
        "write_files:\n"
        "- {path: /etc/motd}\n"
        "- path: //etc/./keepalived/../keepalived/keepalived.conf\n"
        "runcmd: reboot\n"
        "cloud_final_modules: []\n"
        "password: hunter2\n"
        "fqdn: a.example\n",
    )
    file = tmp_path / "user.yaml"
    assert details.splitlines() == [
        f"{file}:2:1: 'hostname' is set by vipprov from the pair file.",
        f"{file}:3:1: 'network' is not read from a cloud-config, and the pair file writes it.",
        f"{file}:6:3: /etc/keepalived/keepalived.conf is written by vipprov from the pair file.",
        f"{file}:7:1: 'runcmd' must be a list: vipprov adds to it.",
        f"{file}:8:1: 'cloud_final_modules' decides whether our own modules run.",
        f"{file}:9:1: 'password' is set by vipprov from the pair file.",
        f"{file}:10:1: 'fqdn' names the guest, which the pair file does.",
    ]
    assert "hunter2" not in details


def test_file_that_another_pair_would_have_is_ours_too(tmp_path: Path) -> None:
    # A later run removes it where its pair has no such file.
    details = clashes(
        tmp_path, "write_files: [{path: /etc/systemd/system/vipprov-promisc.service}]\n"
    )
    assert "vipprov-promisc.service is written by vipprov" in details


def test_updates_that_the_pair_file_asks_for_do_not_yield(tmp_path: Path) -> None:
    updating = replace(pair(), packages_update=True)
    assert "package_upgrade" in clashes(tmp_path, "package_upgrade: false\n", updating)


def test_login_of_the_user_passes_where_the_pair_file_sets_none(tmp_path: Path) -> None:
    told = yaml.safe_load(seed(own=own.load(written(tmp_path, "password: theirs\n"))).user_data)
    assert told["password"] == "theirs"  # noqa: S105  the point of the test


@pytest.mark.parametrize("item", [5, {}, None, {"content": "x"}])
def test_file_that_only_the_schema_can_judge_passes(tmp_path: Path, item: object) -> None:
    body = yaml.safe_dump({"write_files": [item]})
    assert merged(tmp_path, body)["write_files"][-1] == item


def test_anchors_of_the_user_do_not_come_back_as_aliases(tmp_path: Path) -> None:
    config = own.load(written(tmp_path, "runcmd: [&a [echo, x], *a]\n"))
    assert "&" not in seed(own=config).user_data


def merged(folder: Path, body: str, of: Pair | None = None) -> dict[str, Any]:
    config = own.load(written(folder, body))
    told: dict[str, Any] = yaml.safe_load(seed(of, credentials=OPERATOR, own=config).user_data)
    return told


def clashes(folder: Path, body: str, of: Pair | None = None) -> str:
    with pytest.raises(SpecError) as refused:
        merged(folder, body, of)
    return refused.value.details


def written(folder: Path, body: str) -> Path:
    path = folder / "user.yaml"
    path.write_text(f"#cloud-config\n{body}")
    return path
