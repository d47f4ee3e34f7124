"""The channel to a guest agent, which libvirt holds the host's end of."""

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager

import libvirt
import libvirt_qemu  # type: ignore[import-untyped]  # libvirt-python ships no types

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.libvirtd.vm_xml import AGENT

# An agent answers at once or, where the host has no time for the guest, within seconds.
ANSWER_SECONDS = 20.0
# libvirt has no code of its own for what an agent refuses, such as a command that is forbidden.
REFUSALS = (
    libvirt.VIR_ERR_AGENT_UNRESPONSIVE,
    libvirt.VIR_ERR_AGENT_UNSYNCED,
    libvirt.VIR_ERR_INTERNAL_ERROR,
    libvirt.VIR_ERR_OPERATION_INVALID,
    libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
)


class AgentChannel:
    """The channel to the agent in one virtual machine."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._name = name

    def is_open(self) -> bool:
        """Say whether an agent listens; GuestError for a machine that does not run."""
        return self._session.call(f"look at {self._name}", self._connected)

    def send(self, request: str, by: Deadline) -> str:
        """Return the agent's answer; GuestError where it does not do what it is asked for."""
        seconds = max(1, math.ceil(min(by.remaining, ANSWER_SECONDS)))

        def ask() -> str:
            domain = self._session.connection.lookupByName(self._name)
            with self._translated():
                return str(libvirt_qemu.qemuAgentCommand(domain, request, seconds, 0))

        return self._session.call(f"ask the guest agent of {self._name}", ask)

    def _connected(self) -> bool:
        domain = self._session.connection.lookupByName(self._name)
        if domain.state()[0] != libvirt.VIR_DOMAIN_RUNNING:
            raise GuestError(f"{self._name} is not running.", hint="`vipprov vm create` starts it.")
        channels = ET.fromstring(domain.XMLDesc()).iterfind("devices/channel/target")  # noqa: S314  libvirt's own
        return any(
            (channel.get("name"), channel.get("state")) == (AGENT, "connected")
            for channel in channels
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise GuestError for what the agent, and not libvirt, cannot or will not do."""
        try:
            yield
        except libvirt.libvirtError as error:
            if error.get_error_code() not in REFUSALS:
                raise
            raise GuestError(
                f"The guest agent of {self._name} did not do what it was asked for.",
                details=f"libvirt: {error}",
                hint="Is the agent well, and are guest-exec and guest-file-open allowed there?",
            ) from error
