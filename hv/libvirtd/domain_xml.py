"""Domain XML, rendered and read. Pure."""

import xml.etree.ElementTree as ET
from pathlib import Path

from vipprov.hv.libvirtd import metadata
from vipprov.hv.machine import MachineSpec, Nic

MARK = "pair"


def container(spec: MachineSpec, *, layer: Path, mark: str, init: str, layer_target: str) -> str:
    """Return the XML of a system container: the image read-only as root, its layer beside it.

    The container's own init wrapper stacks the layer over the image; see `container.py`.
    """
    domain = ET.Element("domain", type="lxc")
    _text(domain, "name", spec.name)
    ET.SubElement(domain, "metadata").append(metadata.element(MARK, mark))
    _text(domain, "memory", str(spec.size.memory // 1024), unit="KiB")
    _text(domain, "vcpu", str(spec.size.cpus))
    system = ET.SubElement(domain, "os")
    _text(system, "type", "exe")
    _text(system, "init", init)
    for event, action in (("poweroff", "destroy"), ("reboot", "restart"), ("crash", "destroy")):
        _text(domain, f"on_{event}", action)
    devices = ET.SubElement(domain, "devices")
    root = _filesystem(devices, spec.image, "/")
    ET.SubElement(root, "readonly")
    _filesystem(devices, layer, layer_target)
    for nic in spec.nics:
        _interface(devices, nic)
    console = ET.SubElement(devices, "console", type="pty")
    ET.SubElement(console, "target", type="lxc", port="0")
    return ET.tostring(domain, encoding="unicode")


def claim(kind: str, *, name: str, uuid: str, holder: str) -> str:
    """Return the XML of a domain that is never started: it stands for a claim on a pair."""
    domain = ET.Element("domain", type=kind)
    _text(domain, "name", name)
    _text(domain, "uuid", uuid)
    ET.SubElement(domain, "metadata").append(metadata.element("claim", holder))
    _text(domain, "memory", "1024", unit="KiB")
    system = ET.SubElement(domain, "os")
    if kind == "lxc":
        _text(system, "type", "exe")
        _text(system, "init", "/bin/false")
    else:
        _text(system, "type", "hvm")
    return ET.tostring(domain, encoding="unicode")


def nics(domain_xml: str) -> tuple[Nic, ...]:
    """Return the network interfaces of a domain, in their order."""
    return tuple(
        _nic(interface)
        for interface in ET.fromstring(domain_xml).iterfind("devices/interface")  # noqa: S314  libvirt's own
    )


def layers(domain_xml: str) -> tuple[Path, ...]:
    """Return the folders of this machine that are bound into the container."""
    return tuple(
        Path(source.get("dir", ""))
        for filesystem in ET.fromstring(domain_xml).iterfind("devices/filesystem")  # noqa: S314  libvirt's own
        if (source := filesystem.find("source")) is not None
    )


def _filesystem(devices: ET.Element, source: Path, target: str) -> ET.Element:
    filesystem = ET.SubElement(devices, "filesystem", type="mount", accessmode="passthrough")
    ET.SubElement(filesystem, "source", dir=str(source))
    ET.SubElement(filesystem, "target", dir=target)
    return filesystem


def _interface(devices: ET.Element, nic: Nic) -> None:
    kind = "network" if nic.is_network else "bridge"
    interface = ET.SubElement(devices, "interface", type=kind)
    ET.SubElement(interface, "mac", address=nic.mac)
    ET.SubElement(interface, "source", {kind: nic.port_group})
    # The LXC driver binds a filter before it has made up a name for the port, so the port has one.
    ET.SubElement(interface, "target", dev=f"vp{nic.mac.replace(':', '')}")
    ET.SubElement(interface, "guest", dev=nic.guest_name)
    if nic.filter is not None:
        ET.SubElement(interface, "filterref", filter=nic.filter)


def _nic(interface: ET.Element) -> Nic:
    source = interface.find("source")
    guest = interface.find("guest")
    reference = interface.find("filterref")
    mac = interface.find("mac")
    attributes = {} if source is None else source.attrib
    return Nic(
        mac="" if mac is None else mac.get("address", ""),
        port_group=attributes.get("bridge")
        or attributes.get("network")
        or attributes.get("dev", ""),
        guest_name="" if guest is None else guest.get("dev", ""),
        filter=None if reference is None else reference.get("filter"),
        is_network=interface.get("type") == "network",
    )


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text
