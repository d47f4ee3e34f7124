"""A libvirt session with one domain that changes its state behind our back."""

from collections.abc import Callable
from typing import Any, Self, TypeVar

import libvirt

from vipprov.hv.libvirtd.faults import translated

Result = TypeVar("Result")

XML = "<domain type='kvm'><name>web-1</name></domain>"


class RestlessDomain:
    """A domain whose guest powers itself off as soon as somebody has looked, so often."""

    def __init__(self, *, deaths: int, state: int = libvirt.VIR_DOMAIN_RUNNING) -> None:
        self.state_now = state
        self.deaths = deaths
        self.verbs: list[str] = []

    def state(self) -> list[int]:
        seen = self.state_now
        if seen != libvirt.VIR_DOMAIN_SHUTOFF and self.deaths > 0:
            self.deaths -= 1
            self.state_now = libvirt.VIR_DOMAIN_SHUTOFF
        return [seen, 0]

    def create(self) -> None:
        self._act("create", when=libvirt.VIR_DOMAIN_SHUTOFF, then=libvirt.VIR_DOMAIN_RUNNING)

    def resume(self) -> None:
        self._act("resume", when=libvirt.VIR_DOMAIN_PAUSED, then=libvirt.VIR_DOMAIN_RUNNING)

    def suspend(self) -> None:
        self._act("suspend", when=libvirt.VIR_DOMAIN_RUNNING, then=libvirt.VIR_DOMAIN_PAUSED)

    def destroy(self) -> None:
        self._act("destroy", when=libvirt.VIR_DOMAIN_RUNNING, then=libvirt.VIR_DOMAIN_SHUTOFF)

    def name(self) -> str:
        return "web-1"

    def UUIDString(self) -> str:  # noqa: N802  libvirt's name
        return "uuid"

    def XMLDesc(self, _flags: int = 0) -> str:  # noqa: N802  libvirt's name
        return XML

    def _act(self, verb: str, *, when: int, then: int) -> None:
        self.verbs.append(verb)
        if self.state_now != when:
            raise libvirt.libvirtError("Requested operation is not valid: domain is not running")
        self.state_now = then


class RestlessSession:
    """Calls as a session does, on the one domain that there is."""

    def __init__(self, domain: RestlessDomain) -> None:
        self._domain = domain

    @property
    def connection(self) -> Self:
        return self

    def lookupByName(self, _name: str) -> Any:  # noqa: N802, ANN401  libvirt's name, and its type
        return self._domain

    def call(self, doing: str, function: Callable[[], Result]) -> Result:
        with translated(doing):
            return function()
