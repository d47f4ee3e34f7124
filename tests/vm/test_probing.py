"""What libvirt has learnt of QEMU it keeps: to forget it costs every machine that is defined."""

from pathlib import Path

import pytest

from vm.conftest import virsh

pytestmark = [pytest.mark.vm]

LEARNT = Path("/var/cache/libvirt/qemu/capabilities")


def written() -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in LEARNT.glob("*.xml")}


def test_libvirt_does_not_probe_qemu_anew_at_every_call() -> None:
    virsh("domcapabilities", "--virttype", "qemu")
    before = written()
    assert before
    virsh("domcapabilities", "--virttype", "qemu")
    assert written() == before
