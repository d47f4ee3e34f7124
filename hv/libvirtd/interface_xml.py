"""The network interfaces in a domain's XML, read and rewritten. Pure.

It is rewritten through minidom: ElementTree renames the namespace prefixes of other people's
metadata and drops their comments, and a domain must come back as it was.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from xml.dom import minidom

from vipprov.guest.errors import MissingError
from vipprov.hv.portgroup import Filter, PortState


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One `<interface>` of a domain. `source` is the bridge, network or device that it names.

    `direct_mode` is the mode of a macvtap, `bridge` the Linux bridge where the XML says which,
    `target` the host's end of the NIC where it has one.
    """

    mac: str
    kind: str
    source: str
    bridge: str | None
    direct_mode: str | None
    virtual_port: str | None
    target: str | None
    state: PortState


def interfaces(domain_xml: str) -> tuple[Interface, ...]:
    """Return the interfaces of a domain in their order."""
    tree = ET.fromstring(domain_xml)  # noqa: S314  libvirt's own
    return tuple(_interface(element) for element in tree.iterfind("devices/interface"))


def binding_filter(binding_xml: str, mac: str) -> Filter | None:
    """Return what a running NIC is bound to, without the MAC that libvirt adds by itself."""
    used = _filter(ET.fromstring(binding_xml))  # noqa: S314  libvirt's own
    if used is None:
        return None
    own = ("MAC", mac)
    return Filter(name=used.name, parameters=tuple(p for p in used.parameters if p != own))


def filter_reference(used: Filter) -> ET.Element:
    """Return the element that hands a NIC to a filter."""
    reference = ET.Element("filterref", filter=used.name)
    for name, value in used.parameters:
        ET.SubElement(reference, "parameter", name=name, value=value)
    return reference


def has_filter(domain_xml: str, mac: str) -> bool:
    """Say whether this NIC refers to a filter."""
    return any(nic.mac == mac and nic.state.filter is not None for nic in interfaces(domain_xml))


def with_state(domain_xml: str, mac: str, state: PortState) -> str:
    """Return the XML with the filter and the isolation of this NIC changed, and nothing else."""
    now = {nic.mac: nic.state for nic in interfaces(domain_xml)}.get(mac)
    if now is None:
        raise MissingError(f"The configuration of the domain has no NIC {mac}.")
    if (now.filter, now.isolated) == (state.filter, state.isolated):
        return domain_xml
    document = minidom.parseString(domain_xml)  # noqa: S318  libvirt's own
    interface = _of_mac(document, mac)
    for old in _children(interface, "filterref"):
        interface.removeChild(old)
    if state.filter is not None:
        interface.appendChild(_reference(document, state.filter))
    if ET.fromstring(domain_xml).get("type") == "lxc":  # noqa: S314  libvirt's own
        _name_device(document, interface, device_name(mac), is_needed=state.filter is not None)
    _isolate(document, interface, isolated=state.isolated)
    return str(document.toxml())


def device_name(mac: str) -> str:
    """Return a name for the host's end of a NIC: a container with a filter does not start without.

    libvirt 9 makes the name up only after it has looked for it ("filter binding has no port dev
    name").
    """
    return f"vp{mac.replace(':', '')}"


def without_empty_metadata(domain_xml: str) -> str:
    """Return the XML without the empty element that libvirt leaves when metadata is forgotten."""
    return domain_xml.replace("  <metadata/>\n", "", 1)


def _interface(element: ET.Element) -> Interface:
    source = element.find("source")
    attributes = {} if source is None else source.attrib
    kind = element.get("type", "")
    return Interface(
        mac=_attribute(element, "mac", "address") or "",
        kind=kind,
        source=attributes.get(kind if kind != "direct" else "dev", ""),
        bridge=attributes.get("bridge"),
        direct_mode=attributes.get("mode", "vepa") if kind == "direct" else None,
        virtual_port=_attribute(element, "virtualport", "type"),
        target=_attribute(element, "target", "dev"),
        state=PortState(
            filter=_filter(element),
            isolated=_attribute(element, "port", "isolated") == "yes",
            trust_guest_rx_filters=_yes(element.get("trustGuestRxFilters")),
        ),
    )


def _filter(element: ET.Element) -> Filter | None:
    if (reference := element.find("filterref")) is None:
        return None
    return Filter(
        name=reference.get("filter", ""),
        parameters=tuple(
            (parameter.get("name", ""), parameter.get("value", ""))
            for parameter in reference.iterfind("parameter")
        ),
    )


def _attribute(element: ET.Element, child: str, name: str) -> str | None:
    found = element.find(child)
    return None if found is None else found.get(name)


def _yes(text: str | None) -> bool | None:
    return None if text is None else text == "yes"


def _of_mac(document: minidom.Document, mac: str) -> minidom.Element:
    (found,) = (
        interface
        for interface in document.getElementsByTagName("interface")
        for element in _children(interface, "mac")
        if element.getAttribute("address") == mac
    )
    return found


def _reference(document: minidom.Document, used: Filter) -> minidom.Element:
    reference = document.createElement("filterref")
    reference.setAttribute("filter", used.name)
    for name, value in used.parameters:
        parameter = reference.appendChild(document.createElement("parameter"))
        parameter.setAttribute("name", name)
        parameter.setAttribute("value", value)
    return reference


def _name_device(
    document: minidom.Document, interface: minidom.Element, name: str, *, is_needed: bool
) -> None:
    targets = _children(interface, "target")
    if is_needed and not targets:
        interface.appendChild(document.createElement("target")).setAttribute("dev", name)
    for target in targets:
        if not is_needed and target.getAttribute("dev") == name:
            interface.removeChild(target)


def _isolate(
    document: minidom.Document, interface: minidom.Element, *, isolated: bool | None
) -> None:
    ports = _children(interface, "port")
    now = any(port.getAttribute("isolated") == "yes" for port in ports)
    if isolated is None or isolated is now:
        return
    if not ports:
        ports = [interface.appendChild(document.createElement("port"))]
    for port in ports:
        port.setAttribute("isolated", "yes" if isolated else "no")


def _children(element: minidom.Element, tag: str) -> list[minidom.Element]:
    return [child for child in element.getElementsByTagName(tag) if child.parentNode is element]
