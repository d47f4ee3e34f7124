"""Welcome: the command that prepares the heir of a handover, and has it speak up. Pure."""

import math

from vipprov.guest import handover, program
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import Family, instances

UNIT = "vipprov-welcome"
STOP = ("systemctl", "stop", f"{UNIT}.service")
EVERY = 0.05


def command(pair: Pair, heir: Guest) -> tuple[str, ...]:
    """Return what runs beside a handover; whatever becomes of us, the heir's systemd ends it."""
    told = [(one, str(address.ip)) for one in instances(pair, heir) for address in one.addresses]
    drop = "; ".join(
        f"ip -6 route del local {address} dev lo"
        for one, address in told
        if one.family is Family.IPV6
    )
    afterwards = (f"--property=ExecStopPost=-/bin/sh -c '{drop}'",) if drop else ()
    seconds = math.ceil(handover.seconds(pair, heir) + handover.HOLD)
    return (
        *("systemd-run", "--quiet", "--collect", f"--unit={UNIT}"),
        f"--property=RuntimeMaxSec={seconds}",
        *afterwards,
        *program.command(
            "welcome",
            f"{EVERY:.3f}",
            *(f"{one.device},{one.mac},{address}" for one, address in told),
        ),
    )
