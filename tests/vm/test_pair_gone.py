"""A pair of virtual machines that lacks what it needs, and that goes without a trace.

The last test destroys the pair that all of them share.
"""

import pytest

from lab import snapshot
from lab.command import start, vipprov
from vipprov.hv import storage
from vm.conftest import CANARY, GUESTS, NAME, ON, Pair, is_on, soon, virsh

pytestmark = [pytest.mark.vm, pytest.mark.alone, pytest.mark.timeout(900)]


def test_seed_that_has_become_unreadable_is_written_anew_before_the_guest_boots(pair: Pair) -> None:
    name = GUESTS[0]
    seed = storage.machines() / name / "seed.iso"
    size = seed.stat().st_size
    virsh("destroy", name)
    seed.write_bytes(b"rubbish")
    run = start("vm", "create", pair.path)
    try:
        soon(60).poll(lambda: is_on(name) or None, what=f"{name} to be started", every=0.1)
    finally:
        run.kill()
        run.communicate()
    assert seed.stat().st_size == size
    assert CANARY.encode() in seed.read_bytes()


def test_disk_that_is_gone_is_named_with_what_to_do(pair: Pair) -> None:
    name = GUESTS[0]
    virsh("destroy", name)
    (storage.machines() / name / "disk.qcow2").unlink()
    done = vipprov("vm", "create", pair.path)
    assert done.code == 4, done.err
    assert f"{name} has lost" in done.err
    assert "vm destroy" in done.err


def test_host_is_as_before_once_the_pair_is_destroyed(pair: Pair) -> None:
    done = vipprov("vm", "destroy", NAME, "--yes", *ON)
    assert done.code == 0, done.err
    assert snapshot.host() == pair.before
