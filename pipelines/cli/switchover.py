"""`vipprov switchover`: move a virtual IP on purpose, without losing a packet."""

from typing import Annotated

import typer

from vipprov.pipelines.cli.opened import On
from vipprov.pipelines.cli.output import emit, note


def switchover(
    name: Annotated[str, typer.Argument(help="The name of the pair.", metavar="NAME")],
    *,
    to: Annotated[
        str | None, typer.Option("--to", help="The new owner; default: the next in line.")
    ] = None,
    on: On = "lxc:///system",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Move the virtual IP of a healthy pair to another guest, and count the packets that were lost.

    None is, as a rule; behind EVPN leafs hear of a move a little apart, and a probe may be lost in
    between. Then this ends with exit code 1.

    Example: vipprov switchover web --to web-2
    """
    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry
    from vipprov.pipelines import fleet, switchoverwords
    from vipprov.pipelines import switchover as switching

    by = Deadline.after(switching.SECONDS, clock=SystemClock())
    with registry.connect(on, by=by) as hypervisor:
        pair = fleet.described(hypervisor.machines, name)
        moved = switching.switchover(pair, hypervisor, to, by=by, say=note)
    if moved is None:
        unchanged = {"pair": name, "changed": False, "to": to}
        emit(unchanged, as_json=as_json, text=f"{name}: {to} has the virtual IP already")
        return
    emit(switchoverwords.document(moved), as_json=as_json, text=switchoverwords.text(moved))
    switchoverwords.demand_clean(moved)
