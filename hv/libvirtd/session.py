"""One libvirt connection, every call with a deadline."""

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import libvirt

from vipprov.guest import undo
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError
from vipprov.hv import bounded
from vipprov.hv.libvirtd.faults import translated

CALL_SECONDS = 30.0
TIDYING_SECONDS = 10.0
# libvirt looks QEMU over before the first define, and one define waits for the other: 0.6 s, and on
# a machine where only root may open /dev/kvm 16 s, or much longer on a busy one.
DEFINE_SECONDS = 120.0

Result = TypeVar("Result")


def _silence(_context: object, _error: object) -> None:
    """Keep libvirt from printing to stderr by itself: its errors are raised as well."""


class Session:
    """A connection that is open for as long as the block lasts.

    No call outlives the deadline of the command. What still calls after it, or after a request to
    end, is only what tidies up: that has a short time of its own for each call.
    """

    def __init__(
        self, uri: str, *, by: Deadline | None = None, call_seconds: float = CALL_SECONDS
    ) -> None:
        self.uri = uri
        self.by = by
        self._call_seconds = call_seconds

    def __enter__(self) -> Self:
        libvirt.registerErrorHandler(_silence, None)
        self.connection = self.call(f"connect to {self.uri}", lambda: libvirt.open(self.uri))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        failure = undo.caught(lambda: self.call(f"leave {self.uri}", self.connection.close))
        if error is None and failure is not None:
            raise failure

    def call(
        self, doing: str, function: Callable[[], Result], *, seconds: float | None = None
    ) -> Result:
        """Return what the function returns, or raise our error when it fails or takes too long.

        `seconds` is for the few calls that may take longer, or must be quicker, than others.

        libvirt has no timeout of its own for a call, and a daemon that hangs would hold us for
        ever; so the call runs in a thread that may be left behind.
        """
        patience = self._patience(self._call_seconds if seconds is None else seconds)
        try:
            with translated(doing):
                return bounded.call(function, named=doing, seconds=patience)
        except bounded.OvertimeError as error:
            raise DeadlineError(
                f"Could not {doing}: libvirt did not answer within {patience:.3g} s.",
                hint="Look at libvirtd's log; `vipprov doctor` checks that it answers.",
            ) from error

    def _patience(self, seconds: float) -> float:
        if self.by is None:
            return seconds
        return min(seconds, self.by.remaining or TIDYING_SECONDS)
