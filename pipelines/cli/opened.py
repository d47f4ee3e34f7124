"""Open a hypervisor for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vipprov.hv.registry import Hypervisor

LOOKING_SECONDS = 30.0
On = Annotated[
    str,
    typer.Option("--on", help="The hypervisor.", metavar="URI", envvar="VIPPROV_HYPERVISOR"),
]


@contextmanager
def hypervisor(uri: str, *, seconds: float = LOOKING_SECONDS) -> Iterator["Hypervisor"]:
    """Open the hypervisor of this address for a command that may take so long."""
    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry

    with registry.connect(uri, by=Deadline.after(seconds, clock=SystemClock())) as found:
        yield found
