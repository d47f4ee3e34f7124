"""What we remember in the metadata of a libvirt domain, in an XML namespace of our own."""

import xml.etree.ElementTree as ET

import libvirt

NAMESPACE = "urn:vipprov:1"


def read(domain: libvirt.virDomain, key: str) -> str | None:
    """Return the text kept under this key, or None. It survives that the domain is redefined."""
    return from_xml(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE), key)


def from_xml(domain_xml: str, key: str) -> str | None:
    """Return the text kept under this key in the XML of a domain, or None."""
    element = ET.fromstring(domain_xml).find(f"metadata/{{{uri(key)}}}{key}")  # noqa: S314  libvirt's own
    return None if element is None else (element.text or "")


def write(domain: libvirt.virDomain, key: str, text: str | None) -> None:
    """Keep this text under the key, in configuration and live; None forgets it."""
    flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG
    if domain.isActive():
        flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
    if text is None and read(domain, key) is None:
        return
    domain.setMetadata(
        libvirt.VIR_DOMAIN_METADATA_ELEMENT,
        None if text is None else ET.tostring(_element(key, text), encoding="unicode"),
        f"vipprov-{key}",
        uri(key),
        flags,
    )


def element(key: str, text: str) -> ET.Element:
    """Return the element that holds the text under this key, for a domain that is being defined."""
    made = ET.Element(f"{{{uri(key)}}}{key}")
    made.text = text
    return made


def uri(key: str) -> str:
    """Return the namespace of a key: libvirt keeps one element per namespace."""
    return f"{NAMESPACE}:{key}"


def _element(key: str, text: str) -> ET.Element:
    """Return the element without a prefix: libvirt adds the namespace by itself."""
    made = ET.Element(key)
    made.text = text
    return made
