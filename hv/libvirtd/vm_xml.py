"""The XML of a virtual machine. Pure."""

import xml.etree.ElementTree as ET
from pathlib import Path

from vipprov.hv.images.disk import Disk
from vipprov.hv.libvirtd import domain_xml
from vipprov.hv.libvirtd.acceleration import Acceleration
from vipprov.hv.libvirtd.vmfiles import Files
from vipprov.hv.machine import MachineSpec

AGENT = "org.qemu.guest_agent.0"
# What x86-64-v2 has over QEMU's oldest 64-bit processor: Enterprise Linux 9 boots on no less.
# Emulated, it boots faster than a processor that can do more (measured).
V2 = ("ssse3", "sse4.1", "sse4.2", "popcnt", "rdrand")


def render(
    spec: MachineSpec, *, disk: Disk, files: Files, mark: str, acceleration: Acceleration
) -> str:
    """Return the VM's XML: its own disk over the image's, the seed, and an agent's channel."""
    domain = domain_xml.begun(acceleration.value, spec, mark=mark)
    _add_boot(domain, disk, files)
    features = ET.SubElement(domain, "features")
    for feature in ("acpi", "apic"):
        ET.SubElement(features, feature)
    _add_processor(domain, acceleration)
    ET.SubElement(domain, "clock", offset="utc")
    domain_xml.add_events(domain)
    devices = ET.SubElement(domain, "devices")
    _add_overlay(devices, files.overlay, disk.path)
    _add_seed(devices, files.seed)
    domain_xml.add_interfaces(devices, spec.nics, model="virtio")
    _add_console(devices, files.console)
    _add_agent(devices)
    source = ET.SubElement(ET.SubElement(devices, "rng", model="virtio"), "backend", model="random")
    source.text = "/dev/urandom"
    ET.SubElement(devices, "controller", type="usb", model="none")
    ET.SubElement(devices, "memballoon", model="none")
    return ET.tostring(domain, encoding="unicode")


def _add_boot(domain: ET.Element, disk: Disk, files: Files) -> None:
    system = ET.SubElement(domain, "os")
    domain_xml.text(system, "type", "hvm", arch="x86_64", machine="q35")
    if disk.kernel is None:
        ET.SubElement(system, "boot", dev="hd")
        return
    domain_xml.text(system, "kernel", str(files.kernel))
    if disk.initrd is not None:
        domain_xml.text(system, "initrd", str(files.initrd))
    if disk.cmdline is not None:
        domain_xml.text(system, "cmdline", disk.cmdline)


def _add_processor(domain: ET.Element, acceleration: Acceleration) -> None:
    if acceleration is Acceleration.HARDWARE:
        ET.SubElement(domain, "cpu", mode="host-passthrough")
        return
    cpu = ET.SubElement(domain, "cpu", mode="custom", match="exact", check="none")
    domain_xml.text(cpu, "model", "qemu64", fallback="forbid")
    for feature in V2:
        ET.SubElement(cpu, "feature", policy="require", name=feature)


def _add_overlay(devices: ET.Element, overlay: Path, base: Path) -> None:
    disk = ET.SubElement(devices, "disk", type="file", device="disk")
    ET.SubElement(disk, "driver", name="qemu", type="qcow2", discard="unmap")
    ET.SubElement(disk, "source", file=str(overlay))
    # The chain is named rather than probed: a guest writes its overlay, and must not choose a file
    # of the host by it. libvirt would hand the base, too, over to the user that QEMU runs as.
    behind = ET.SubElement(disk, "backingStore", type="file")
    ET.SubElement(behind, "format", type="qcow2")
    source = ET.SubElement(behind, "source", file=str(base))
    ET.SubElement(source, "seclabel", model="dac", relabel="no")
    ET.SubElement(behind, "backingStore")
    ET.SubElement(disk, "target", dev="vda", bus="virtio")


def _add_seed(devices: ET.Element, seed: Path) -> None:
    # As a disk: the kernels made for clouds have no driver for the CD drives of PCs.
    disk = ET.SubElement(devices, "disk", type="file", device="disk")
    ET.SubElement(disk, "driver", name="qemu", type="raw")
    ET.SubElement(disk, "source", file=str(seed))
    ET.SubElement(disk, "target", dev="vdb", bus="virtio")
    ET.SubElement(disk, "readonly")


def _add_console(devices: ET.Element, log: Path) -> None:
    serial = ET.SubElement(devices, "serial", type="pty")
    ET.SubElement(serial, "log", file=str(log), append="on")
    ET.SubElement(serial, "target", type="isa-serial", port="0")


def _add_agent(devices: ET.Element) -> None:
    channel = ET.SubElement(devices, "channel", type="unix")
    ET.SubElement(channel, "target", type="virtio", name=AGENT)
