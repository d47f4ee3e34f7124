"""The packet filter that we generate: the least that lets a virtual MAC out. Pure.

Every frame that leaves the guest must carry the MAC of the NIC or one of the virtual MACs, and an
ARP packet must name the MAC that its frame carries. libvirt cannot look into IPv6 neighbour
discovery: there only the source MAC of the frame is checked. Nothing is filtered towards the guest.
"""

import uuid
import xml.etree.ElementTree as ET

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vipprov:1:nwfilter")


def least(name: str, *, nic_mac: str, vmacs: tuple[str, ...]) -> str:
    """Return the filter that lets out these MACs with their ARP, and drops every other source."""
    allowed = dict.fromkeys((nic_mac.lower(), *(mac.lower() for mac in vmacs)))
    root = _filter(name)
    for mac in allowed:
        _rule(root, "accept", 100, "arp", srcmacaddr=mac, arpsrcmacaddr=mac)
    _rule(root, "drop", 200, "mac", protocolid="arp")
    for mac in allowed:
        _rule(root, "accept", 300, "mac", srcmacaddr=mac)
    _rule(root, "drop", 400, "mac")
    return _text(root)


def everything(name: str) -> str:
    """Return a filter without rules.

    It stands where a filter was: libvirt drops the binding of a NIC at power-off only if the NIC
    was started with a filter, and a binding that is left behind keeps the machine from starting.
    """
    return _text(_filter(name))


def binding(device: str, *, owner: tuple[str, str], mac: str, reference: ET.Element) -> str:
    """Return the binding of a running NIC (its owner's name and UUID) to a filter."""
    root = ET.Element("filterbinding")
    holder = ET.SubElement(root, "owner")
    for tag, text in zip(("name", "uuid"), owner, strict=True):
        ET.SubElement(holder, tag).text = text
    ET.SubElement(root, "portdev", name=device)
    ET.SubElement(root, "mac", address=mac)
    root.append(reference)
    return _text(root)


def identity(name: str) -> str:
    """Return the UUID of our filter of this name: under its UUID a filter is replaced live."""
    return str(uuid.uuid5(NAMESPACE, name))


def _filter(name: str) -> ET.Element:
    root = ET.Element("filter", name=name, chain="root")
    ET.SubElement(root, "uuid").text = identity(name)
    return root


def _rule(root: ET.Element, action: str, priority: int, layer: str, **match: str) -> None:
    rule = ET.SubElement(root, "rule", action=action, direction="out", priority=str(priority))
    ET.SubElement(rule, layer, match)


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"
