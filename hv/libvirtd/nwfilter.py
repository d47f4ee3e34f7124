"""Filters and their bindings on one libvirt connection; called inside `Session.call`."""

import libvirt

from vipprov.guest.errors import MissingError
from vipprov.hv.libvirtd import interface_xml, nwfilter_judge, nwfilter_rules, nwfilter_xml
from vipprov.hv.libvirtd.faults import translated
from vipprov.hv.portgroup import Filter, Filtering

ADDRESS = "IP"


class Filters:
    """The packet filters that this libvirt knows, and which of them NICs are bound to."""

    def __init__(self, connection: libvirt.virConnect) -> None:
        self._connection = connection

    def judge(
        self, used: Filter | None, *, nic_mac: str, macs: frozenset[str] = frozenset()
    ) -> Filtering:
        """Return what the filter does with the frames of a virtual MAC."""
        if used is None:
            return Filtering()
        try:
            rules = nwfilter_rules.flatten(used.name, self._load)
        except MissingError:
            return Filtering(forged=None)
        return nwfilter_judge.filtering(rules, used, nic_mac=nic_mac, macs=macs)

    def need_ebtables(self, used: Filter) -> bool:
        """Say whether libvirt has made a chain in ebtables for this filter, as far as we know.

        One that is not told the guest's address gets its chain once libvirt has learned it.
        """
        try:
            rules = nwfilter_rules.flatten(used.name, self._load)
        except MissingError:
            return False
        is_learning = rules.want_address and ADDRESS not in dict(used.parameters)
        return rules.need_ebtables and not is_learning

    def define(self, text: str) -> None:
        """Define a filter, or replace the one of the same UUID: that acts on running NICs."""
        with translated("define a packet filter"):
            self._connection.nwfilterDefineXML(text)

    def undefine(self, name: str) -> None:
        """Remove the filter, if it is there and ours."""
        try:
            with translated(f"remove the filter {name}"):
                found = self._connection.nwfilterLookupByName(name)
                if found.UUIDString() == nwfilter_xml.identity(name):
                    found.undefine()
        except MissingError:
            return

    def bound(self, device: str, nic_mac: str) -> Filter | None:
        """Return the filter that is in force on this device."""
        text = self._binding(device)
        return None if text is None else interface_xml.binding_filter(text, nic_mac)

    def bind(
        self, domain: libvirt.virDomain, device: str, *, mac: str, used: Filter | None
    ) -> None:
        """Put another filter in force on this device, or none.

        libvirt has no call that replaces a binding, so for a moment the device has none.
        """
        before = self._binding(device)
        with translated(f"change the filter of {device}"):
            if before is not None:
                self._connection.nwfilterBindingLookupByPortDev(device).delete()
            if used is None:
                return
            owner = (domain.name(), domain.UUIDString())
            try:
                self._connection.nwfilterBindingCreateXML(
                    nwfilter_xml.binding(
                        device,
                        owner=owner,
                        mac=mac,
                        reference=interface_xml.filter_reference(used),
                    )
                )
            except libvirt.libvirtError:
                if before is not None:
                    self._connection.nwfilterBindingCreateXML(before)
                raise

    def _load(self, name: str) -> str:
        with translated(f"read the filter {name}"):
            return str(self._connection.nwfilterLookupByName(name).XMLDesc())

    def _binding(self, device: str) -> str | None:
        try:
            with translated(f"look at the filter of {device}"):
                return str(self._connection.nwfilterBindingLookupByPortDev(device).XMLDesc())
        except MissingError:
            return None
