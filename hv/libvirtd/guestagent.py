"""The words of the QEMU guest agent: how a command is run in a guest, and its NICs are seen."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.hv.machine import Completed

Send = Callable[[str, Deadline], str]
"""Hands one request to the agent, and returns its answer by the deadline."""

POLL_SECONDS = 0.1
MARGIN_SECONDS = 1.0
# The agent has its own words for an error, and the C library's for its reason.
ABSENT = "No such file or directory"
MOST_BYTES = 1 << 20
ENVIRONMENT = ("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestNic:
    """A network interface as the guest sees it."""

    mac: str
    addresses: tuple[str, ...]


class GuestAgent:
    """The agent in one virtual machine."""

    def __init__(self, name: str, send: Send) -> None:
        self._name = name
        self._send = send

    def run(self, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        """Run a command to its end; at the deadline it is killed with all that it has started."""
        # The agent ends nothing that it has started, and we may be killed ourselves. The margin
        # lets our own deadline pass first.
        bounded = ("--signal=KILL", f"{by.remaining + MARGIN_SECONDS:.3f}", *argv)
        started = self._ask(
            "guest-exec",
            {
                "path": "timeout",
                "arg": bounded,
                "env": ENVIRONMENT,
                "input-data": base64.b64encode(stdin).decode(),
                "capture-output": True,
            },
            by=by,
        )
        return by.poll(
            lambda: self._ended(started["pid"], by=by),
            what=f"a command in {self._name} to end",
            every=POLL_SECONDS,
        )

    def read(self, path: str, *, by: Deadline) -> bytes | None:
        """Return what a small file holds, or None where there is none; nothing is started for it.

        A guest without hardware virtualisation has no time to spare for programs while it boots.
        """
        try:
            handle = self._ask("guest-file-open", {"path": path, "mode": "r"}, by=by)
        except GuestError as error:
            if ABSENT in error.details:
                return None
            raise
        try:
            answer = self._ask("guest-file-read", {"handle": handle, "count": MOST_BYTES}, by=by)
        finally:
            self._ask("guest-file-close", {"handle": handle}, by=by)
        if not answer["eof"]:
            raise GuestError(f"{path} in {self._name} is larger than it can be.")
        return base64.b64decode(answer["buf-b64"])

    def nics(self, *, by: Deadline) -> tuple[GuestNic, ...]:
        """Return the guest's network interfaces."""
        return tuple(
            GuestNic(
                mac=nic.get("hardware-address", ""),
                addresses=tuple(one["ip-address"] for one in nic.get("ip-addresses", ())),
            )
            for nic in self._ask("guest-network-get-interfaces", {}, by=by)
        )

    def _ended(self, process: int, *, by: Deadline) -> Completed | None:
        status = self._ask("guest-exec-status", {"pid": process}, by=by)
        if not status["exited"]:
            return None
        if status.get("out-truncated") or status.get("err-truncated"):
            raise GuestError(f"A command in {self._name} said more than its agent passes on.")
        # A shell, too, tells of a signal in this way.
        code = status["exitcode"] if "exitcode" in status else 128 + status["signal"]
        return Completed(
            code=code,
            stdout=base64.b64decode(status.get("out-data", "")),
            stderr=base64.b64decode(status.get("err-data", "")),
        )

    def _ask(self, command: str, arguments: dict[str, object], *, by: Deadline) -> Any:  # noqa: ANN401  whatever the agent answers; it stays in this class
        request = json.dumps({"execute": command, "arguments": arguments})
        return json.loads(self._send(request, by))["return"]
