"""What ebtables tells of hooked chains is read, and nothing is made of what it does not tell."""

import pytest

from vipprov.hv.libvirtd import ebtables
from vipprov.hv.libvirtd.ebtables import Hooks

TWO = """\
Bridge table: nat

Bridge chain: PREROUTING, entries: 3, policy: ACCEPT
-i vnet0 -j libvirt-I-vnet0
-p IPv4 -j CONTINUE
-i vnet1 -j libvirt-J-vnet1
"""
NONE = "Bridge table: nat\n\nBridge chain: PREROUTING, entries: 0, policy: ACCEPT\n"
VERSION = 9_000_000


def test_chains_that_are_hooked_are_read() -> None:
    assert ebtables.hooked(TWO) == frozenset({"vnet0", "vnet1"})
    assert ebtables.hooked(NONE) == frozenset()


def test_chains_that_follow_are_not_taken_for_rules_of_this_one() -> None:
    more = f"{NONE}\nBridge chain: libvirt-I-vnet0, entries: 1, policy: RETURN\n-j libvirt-I-x\n"
    assert ebtables.hooked(more) == frozenset()


@pytest.mark.parametrize(
    "text",
    ["", "table bridge nat {\n}\n", TWO.replace("entries: 3", "entries: 4"), TWO.replace(":", "")],
)
def test_listing_of_an_unknown_form_says_nothing(text: str) -> None:
    assert ebtables.hooked(text) is None
    assert not Hooks(VERSION, lambda: text).lack("vnet9")


def test_device_lacks_its_hook_only_where_that_is_certain() -> None:
    assert Hooks(VERSION, lambda: TWO).lack("vnet9")
    assert not Hooks(VERSION, lambda: TWO).lack("vnet0")
    assert not Hooks(VERSION, lambda: None).lack("vnet9")
    assert not Hooks(ebtables.ONLY_EBTABLES_BEFORE, lambda: NONE).lack("vnet9")


def test_table_is_read_once_and_only_if_somebody_asks() -> None:
    read: list[str] = []

    def listing() -> str:
        read.append(TWO)
        return TWO

    hooks = Hooks(VERSION, listing)
    assert read == []
    assert [hooks.lack(device) for device in ("vnet0", "vnet9")] == [False, True]
    assert len(read) == 1
    assert hooks.read_again().lack("vnet9")
    assert len(read) > 1
