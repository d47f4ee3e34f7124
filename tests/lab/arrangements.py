"""Filters and flags that the port of a machine may have, and the filters that they name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lab import foreign
from lab.containers import virsh
from lab.foreign import ADDRESS, MAC, Foreign
from lab.portprobe import VMAC
from vipprov.hv.libvirtd import nwfilter_xml

IP = f"<parameter name='IP' value='{ADDRESS}'/>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """A filter and flags of a bridge port."""

    name: str
    filter: str = ""
    flags: dict[str, str] = field(default_factory=dict)


def of_filter(filter_name: str, parameters: str = "", *, name: str = "") -> Arrangement:
    reference = f"<filterref filter='{filter_name}'>{parameters}</filterref>"
    return Arrangement(name=name or filter_name, filter=reference)


ARRANGEMENTS = (
    Arrangement(name="no filter"),
    of_filter("clean-traffic", IP),
    of_filter("no-mac-spoofing"),
    of_filter("no-arp-mac-spoofing"),
    of_filter("no-arp-spoofing", IP),
    of_filter("no-ip-spoofing", IP),
    of_filter("allow-arp"),
    of_filter("vipprov-test-least", name="generated for the vMAC"),
    of_filter("vipprov-test-without-vmac", name="generated without the vMAC"),
    of_filter("vipprov-test-everything", name="generated without rules"),
    Arrangement(name="learning off", flags={"learning": "off"}),
    Arrangement(name="flood off", flags={"flood": "off"}),
    Arrangement(name="learning and flood off", flags={"learning": "off", "flood": "off"}),
    Arrangement(name="isolated, client not", flags={"isolated": "on"}),
)
FILTERS = {
    "vipprov-test-least": nwfilter_xml.least("vipprov-test-least", nic_mac=MAC, vmacs=(VMAC,)),
    "vipprov-test-without-vmac": nwfilter_xml.least(
        "vipprov-test-without-vmac", nic_mac=MAC, vmacs=()
    ),
    "vipprov-test-everything": nwfilter_xml.everything("vipprov-test-everything"),
}


@contextmanager
def filters_of(machine: Foreign) -> Iterator[None]:
    """Define the filters for as long as the block lasts, and leave the machine without any."""
    for text in FILTERS.values():
        foreign.given("nwfilter-define", text)
    try:
        yield
    finally:
        machine.bind(None)
        for name in FILTERS:
            virsh("nwfilter-undefine", name)


def arrange(machine: Foreign, arrangement: Arrangement) -> None:
    """Give the port of the machine this filter and these flags; it has heard of nobody yet."""
    machine.bind_to(arrangement.filter)
    machine.set_flags(**{"learning": "on", "flood": "on", "isolated": "off"} | arrangement.flags)
    machine.forget_macs()
