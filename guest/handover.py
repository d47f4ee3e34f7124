"""Handover: the command that has the owner hand its virtual addresses over. Pure."""

import json
import math
from enum import Enum

from vipprov.guest import adverts, program
from vipprov.guest.errors import GuestError
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances

UNIT = "vipprov-handover"
HOLD = 1.0
"""Seconds in which the fabric learns the new place while both kernels answer."""
_MARGIN = 5.0
_LONGEST = 60
"""Seconds that it may take besides the wait for the heir, on a slow machine."""

# Whatever ends the program, systemd does this: nothing stays frozen, and keepalived runs.
_AFTERWARDS = (
    "/bin/sh -c 'systemctl kill --signal=CONT keepalived.service; "
    "systemctl start keepalived.service'"
)


class Handover(Enum):
    """How it went. Where NOBODY took over all is as it was before."""

    DONE = "done"
    NOBODY = "nobody"


def command(pair: Pair, owner: Guest, heir: Guest) -> tuple[str, ...]:
    """Return what hands everything over to the heir, under the eyes of the guest's systemd."""
    told = tuple(
        f"{one.family.value},{one.virtual_router_id},{one.device}" for one in instances(pair, owner)
    )
    return (
        *("systemd-run", "--quiet", "--collect", "--wait", "--pipe", f"--unit={UNIT}"),
        f"--property=ExecStopPost={_AFTERWARDS}",
        f"--property=RuntimeMaxSec={math.ceil(seconds(pair, heir)) + _LONGEST}",
        *program.command(
            "handover",
            f"{seconds(pair, heir):.3f}",
            f"{HOLD:.3f}",
            ",".join(str(one.source) for one in instances(pair, heir)),
            *told,
        ),
    )


def seconds(pair: Pair, heir: Guest) -> float:
    """Return how long the heir may take until it speaks as the owner."""
    return adverts.patience(pair.vip, heir.priority) + _MARGIN


def parse(text: str) -> Handover:
    """Return how the command said that it went, or raise GuestError."""
    try:
        return Handover(json.loads(text)["result"])
    except (KeyError, TypeError, ValueError) as error:
        raise GuestError(
            "The guest did not say how the handover went.", details=text[:2000]
        ) from error
