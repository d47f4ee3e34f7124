"""Change one network interface in a domain's XML, and nothing else. Pure.

It is done through minidom: ElementTree renames the namespace prefixes of other people's metadata
and drops their comments, and a domain must come back as it was.
"""

import xml.etree.ElementTree as ET
from xml.dom import minidom

from vipprov.guest.errors import MissingError
from vipprov.hv.libvirtd import interface_xml
from vipprov.hv.portgroup import Filter, PortState


def with_state(domain_xml: str, mac: str, state: PortState) -> str:
    """Return the XML with the filter and the isolation of this NIC changed, and nothing else."""
    now = {nic.mac: nic.state for nic in interface_xml.interfaces(domain_xml)}.get(mac)
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
