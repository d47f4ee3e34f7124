"""The network interfaces in a domain's XML as values. Pure."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

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
