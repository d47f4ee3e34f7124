"""The XML of a system container. Pure."""

import xml.etree.ElementTree as ET
from pathlib import Path

from vipprov.hv.libvirtd import domain_xml
from vipprov.hv.machine import MachineSpec


def render(
    spec: MachineSpec, *, tree: Path, layer: Path, mark: str, init: str, layer_target: str
) -> str:
    """Return the container's XML: the image read-only as root, its layer beside it.

    The container's own init wrapper stacks the layer over the image; see `container.py`.
    """
    domain = domain_xml.begun("lxc", spec, mark=mark)
    system = ET.SubElement(domain, "os")
    domain_xml.text(system, "type", "exe")
    domain_xml.text(system, "init", init)
    domain_xml.add_events(domain)
    devices = ET.SubElement(domain, "devices")
    root = _filesystem(devices, tree, "/")
    ET.SubElement(root, "readonly")
    _filesystem(devices, layer, layer_target)
    domain_xml.add_interfaces(devices, spec.nics)
    console = ET.SubElement(devices, "console", type="pty")
    ET.SubElement(console, "target", type="lxc", port="0")
    return ET.tostring(domain, encoding="unicode")


def _filesystem(devices: ET.Element, source: Path, target: str) -> ET.Element:
    filesystem = ET.SubElement(devices, "filesystem", type="mount", accessmode="passthrough")
    ET.SubElement(filesystem, "source", dir=str(source))
    ET.SubElement(filesystem, "target", dir=target)
    return filesystem
