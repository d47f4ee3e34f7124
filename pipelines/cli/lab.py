"""`vipprov lab`: a fabric on this machine, to plug guests into."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from vipprov.pipelines.cli import deferred
from vipprov.pipelines.cli.laboptions import (
    Ageing,
    Force,
    Freeze,
    Gateway,
    Json,
    Kind,
    KindOf,
    Leafs,
    Moves,
    Name,
    Snooping,
    Suppression,
    Vnis,
    Window,
)
from vipprov.pipelines.cli.output import emit

if TYPE_CHECKING:
    from vipprov.guest.deadline import Deadline
    from vipprov.hv.fabric.bridgelab import LabState

app = deferred.commands()

UP_PATIENCE = 60.0
DOWN_PATIENCE = 30.0
LOOK_PATIENCE = 20.0


@app.command()
def up(  # noqa: PLR0913  a lab's options
    *,
    kind: KindOf = Kind.BRIDGE,
    leafs: Leafs = 3,
    name: Name = "lab",
    arp_suppression: Suppression = False,
    arp_snooping: Snooping = False,
    anycast_gateway: Gateway = None,
    dup_moves: Moves = 5,
    dup_window: Window = "180s",
    dup_freeze: Freeze = "off",
    vnis: Vnis = 1,
    ageing: Ageing = "300s",
    as_json: Json = False,
) -> None:
    """Make leaf bridges joined by a trunk or by EVPN-VXLAN, or complete them.

    Example: vipprov lab up --kind evpn --name red --arp-suppression --anycast-gateway 10.50.50.1/24
    """
    from vipprov.hv.fabric import bridgelab, evpnlab, labkind
    from vipprov.hv.fabric.bridgeplan import Lab
    from vipprov.pipelines import labs

    wishes = labs.Wishes(
        vnis=vnis,
        arp_suppression=arp_suppression,
        arp_snooping=arp_snooping,
        gateway=anycast_gateway,
        moves=dup_moves,
        window=dup_window,
        freeze=dup_freeze,
        ageing=ageing,
    )
    labkind.demand(name, labkind.Kind(kind.value))
    if kind is Kind.BRIDGE:
        labs.demand_none(wishes)
        state = bridgelab.up(Lab(name=name, leafs=leafs))
        _show(state, "up" if state.changed else "unchanged", as_json=as_json)
    else:
        made = evpnlab.up(labs.evpn(name, leafs, wishes), by=_deadline(UP_PATIENCE))
        outcome = "up" if made.changed else "unchanged"
        emit(labs.document(made, outcome), as_json=as_json, text=labs.text(made, outcome))


@app.command()
def status(*, name: Name = "lab", as_json: Json = False) -> None:
    """Show the leafs: what is plugged into them, and with EVPN their sessions, routes and tables.

    Example: vipprov lab status
    """
    from vipprov.hv.fabric import labkind

    if labkind.of(name) is labkind.Kind.EVPN:
        from vipprov.hv.fabric import evpnlab
        from vipprov.pipelines import labreport

        fabric = evpnlab.status(name, by=_deadline(LOOK_PATIENCE))
        emit(labreport.document(fabric), as_json=as_json, text=labreport.text(fabric))
        return
    from vipprov.hv.fabric import bridgelab

    _show(bridgelab.status(name), "up", as_json=as_json)


@app.command()
def down(
    *,
    name: Name = "lab",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Remove what `lab up` made, and nothing else.

    Example: vipprov lab down
    """
    from vipprov.hv.fabric import bridgelab, evpnlab, labkind

    if labkind.of(name) is labkind.Kind.EVPN:
        gone = evpnlab.down(name, force=force, by=_deadline(DOWN_PATIENCE))
    else:
        gone = bridgelab.down(name, force=force)
    text = f"lab {name}: removed {', '.join(gone)}" if gone else f"lab {name}: nothing to remove"
    emit({"name": name, "removed": list(gone)}, as_json=as_json, text=text)


def _deadline(seconds: float) -> "Deadline":
    from vipprov.guest.deadline import Deadline, SystemClock

    return Deadline.after(seconds, clock=SystemClock())


def _show(state: "LabState", outcome: str, *, as_json: bool) -> None:
    lines = [f"lab {state.name}: {outcome}"]
    for leaf in state.leafs:
        notes = [] if leaf.ours else ["was there before, used as found"]
        notes += [] if leaf.trunked else ["not joined to the spine"]
        notes += [f"ports {', '.join(leaf.ports)}"] if leaf.ports else []
        lines.append("  ".join([f"  {leaf.name}", *notes]))
    emit({**asdict(state), "outcome": outcome}, as_json=as_json, text="\n".join(lines))
