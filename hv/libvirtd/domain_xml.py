"""What the XML of all our domains has in common, rendered and read. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from vipprov.hv.libvirtd import metadata
from vipprov.hv.libvirtd.interface_change import device_name
from vipprov.hv.machine import MachineSpec, Nic, Sort

MARK = "pair"
MOVES = "moves"
EVENTS = (("poweroff", "destroy"), ("reboot", "restart"), ("crash", "destroy"))


def begun(kind: str, spec: MachineSpec, *, mark: str) -> ET.Element:
    """Return a domain with its name, mark, memory and processors, to be gone on with."""
    domain = ET.Element("domain", type=kind)
    text(domain, "name", spec.name)
    ET.SubElement(domain, "metadata").append(metadata.element(MARK, mark))
    text(domain, "memory", str(spec.size.memory // 1024), unit="KiB")
    text(domain, "vcpu", str(spec.size.cpus))
    return domain


def add_events(domain: ET.Element) -> None:
    """Say what follows when the guest powers off, reboots or crashes."""
    for event, action in EVENTS:
        text(domain, f"on_{event}", action)


def add_interfaces(devices: ET.Element, nics: Iterable[Nic], *, model: str | None = None) -> None:
    """Plug the NICs in, with the model of card that the guest is to see."""
    for nic in nics:
        kind = "network" if nic.is_network else "bridge"
        interface = ET.SubElement(devices, "interface", type=kind)
        ET.SubElement(interface, "mac", address=nic.mac)
        ET.SubElement(interface, "source", {kind: nic.port_group})
        # The LXC driver binds a filter before it has made up a name for the port, so it has one.
        ET.SubElement(interface, "target", dev=device_name(nic.mac))
        # QEMU's driver does nothing with the guest's name for it, and remembers it for us.
        ET.SubElement(interface, "guest", dev=nic.guest_name)
        if model is not None:
            ET.SubElement(interface, "model", type=model)
        if nic.filter is not None:
            ET.SubElement(interface, "filterref", filter=nic.filter)


def text(parent: ET.Element, tag: str, content: str, **attributes: str) -> None:
    """Add an element that holds this text."""
    ET.SubElement(parent, tag, attributes).text = content


def claim(kind: str, *, name: str, uuid: str, holder: str) -> str:
    """Return the XML of a domain that is never started: it stands for a claim on a pair."""
    domain = ET.Element("domain", type=kind)
    text(domain, "name", name)
    text(domain, "uuid", uuid)
    ET.SubElement(domain, "metadata").append(metadata.element("claim", holder))
    text(domain, "memory", "1024", unit="KiB")
    system = ET.SubElement(domain, "os")
    if kind == "lxc":
        text(system, "type", "exe")
        text(system, "init", "/bin/false")
    else:
        text(system, "type", "hvm")
    return ET.tostring(domain, encoding="unicode")


def sort(domain_xml: str) -> Sort:
    """Return what the machine of this domain is."""
    is_container = ET.fromstring(domain_xml).get("type") == "lxc"  # noqa: S314  libvirt's own
    return Sort.CONTAINER if is_container else Sort.VM


def nics(domain_xml: str) -> tuple[Nic, ...]:
    """Return the network interfaces of a domain, in their order."""
    return tuple(
        _nic(interface)
        for interface in ET.fromstring(domain_xml).iterfind("devices/interface")  # noqa: S314  libvirt's own
    )


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
