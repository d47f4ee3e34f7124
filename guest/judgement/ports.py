"""The hypervisor's ports: whether they let a virtual MAC through, as configured and in force."""

from dataclasses import fields

from vipprov.guest.check import Check
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.observation import PortObservation, PortPolicy
from vipprov.guest.pair import Guest, PolicyMode
from vipprov.guest.vrrp import virtual_macs

# libvirt's own filters, each seen to keep a vIP from working while VRRP looked healthy.
DROP_FOREIGN_MACS = frozenset({"no-mac-spoofing", "no-arp-mac-spoofing"})
DROP_FOREIGN_ADDRESSES = frozenset(
    {
        "clean-traffic",
        "clean-traffic-gateway",
        "no-arp-spoofing",
        "no-arp-ip-spoofing",
        "no-ip-spoofing",
        "no-ipv6-spoofing",
    }
)


def checks(scene: Scene) -> tuple[Check, ...]:
    """Return one check for each guest's port."""
    return tuple(_port(scene, guest) for guest in scene.pair.guests)


def closed(scene: Scene, guest: str) -> Fault | None:
    """Return what the hypervisor itself knows to keep the vIP from passing this guest's port."""
    port = scene.seen.port(guest)
    if port is None:
        return None
    return filtered(scene, port) or unlearned(scene, port) or _obstructed(scene, port)


def opening(scene: Scene) -> str:
    """Return the command that opens a port of this pair as far as the vIP needs."""
    is_kept = scene.pair.policy is PolicyMode.LEAST
    return f"`vipprov {'vm create FILE' if is_kept else 'portgroup permit'}`"


def _port(scene: Scene, guest: Guest) -> Check:
    expected = "open for the vIP, as recorded and as configured"
    port = scene.seen.port(guest.name)
    if port is None:
        why = Fault(f"The hypervisor shows no port of {guest.name}.", "Look whether it runs.")
        return unknown("port", guest.name, expected=expected, why=why)
    fault = closed(scene, guest.name) or isolated(scene, port) or changed(scene, port)
    policy = port.in_force or port.configured
    return check("port", guest.name, expected=expected, seen=_words(port, policy), fault=fault)


def filtered(scene: Scene, port: PortObservation) -> Fault | None:
    """Return the fault of a filter that is known by its name to drop what the vIP needs."""
    blocking = DROP_FOREIGN_ADDRESSES | (DROP_FOREIGN_MACS if scene.pair.vip.vmac else frozenset())
    for policy in (port.in_force, port.configured):
        if policy is not None and policy.filter in blocking:
            return Fault(
                f"The filter {policy.filter!r} on the port of {port.guest} drops the frames"
                " of the vIP, while VRRP itself looks healthy.",
                "Take the filter off, or use `policy: least`, which lets out what is needed.",
            )
    return None


def unlearned(scene: Scene, port: PortObservation) -> Fault | None:
    """Return the fault of a port that no frame to the virtual MAC reaches."""
    policy = port.in_force or port.configured
    macs = virtual_macs(scene.pair)
    if policy.learning is not False or port.pinned_macs.issuperset(macs):
        return None
    why = (
        "does not learn MACs: after a fail-over to it the bridge goes on sending to the virtual"
        " MAC's old place, and the vIP is dead."
    )
    if policy.flood is False:
        why = (
            "neither learns MACs nor gets flooded frames, so nothing that is sent to the virtual"
            " MAC arrives there."
        )
    return Fault(
        f"The port of {port.guest} {why}",
        f"Switch MAC learning on for the port: {opening(scene)}.",
    )


def _obstructed(scene: Scene, port: PortObservation) -> Fault | None:
    # What keeps a virtual MAC from working keeps no pair from it that has none.
    if not port.obstacles or not scene.pair.vip.vmac:
        return None
    if (port.in_force or port.configured).isolated:
        how = "Switch port isolation off for it"  # `vm create` leaves that as it is
    else:
        how = f"Open it as far as needed: {opening(scene)}"
    return Fault(f"The port of {port.guest}: {' '.join(port.obstacles)}", f"{how}.")


def isolated(scene: Scene, port: PortObservation) -> Fault | None:
    """Return the fault of a port that reaches no other isolated port, if there are others."""
    names = scene.isolated()
    if port.guest not in names or len(names) < 2:  # noqa: PLR2004  one alone cuts nobody off
        return None
    return Fault(
        f"The ports of {listed(names)} are isolated from one another: no advert crosses, so"
        " each of them becomes MASTER while a client notices nothing.",
        "Switch port isolation off for at least one of them.",
    )


def changed(scene: Scene, port: PortObservation) -> Fault | None:
    """Return the fault of a port that is not as configured or recorded, whatever it says."""
    return _unhooked(scene, port) or _differs(port)


def _unhooked(scene: Scene, port: PortObservation) -> Fault | None:
    if port.unhooked is None:
        return None
    is_kept = scene.pair.policy is PolicyMode.LEAST
    return Fault(
        f"The port of {port.guest} is bound to the filter {port.unhooked}, which filters nothing:"
        " somebody took its chain out of the host's ebtables.",
        f"Bind it anew: {opening(scene)}." if is_kept else f"Power {port.guest} off and on.",
    )


def _differs(port: PortObservation) -> Fault | None:
    for name, other in (("configured", port.configured), ("recorded", port.recorded)):
        differences = _differences(other, port.in_force)
        if differences:
            return Fault(
                f"What is in force on the port of {port.guest} is not what was {name}:"
                f" {listed(differences)}.",
                "Bring it back with `vipprov vm create FILE`, or look who changed it.",
            )
    return None


def _differences(wanted: PortPolicy | None, seen: PortPolicy | None) -> tuple[str, ...]:
    if wanted is None or seen is None:
        return ()
    return tuple(
        f"{field.name} {_word(after)} instead of {_word(before)}"
        for field in fields(PortPolicy)
        if (before := getattr(wanted, field.name)) != (after := getattr(seen, field.name))
        and (field.name == "filter" or None not in {before, after})
    )


def _words(port: PortObservation, policy: PortPolicy) -> str:
    return listed(
        port.settings
        + tuple(
            f"{field.name} {_word(value)}"
            for field in fields(PortPolicy)
            if (value := getattr(policy, field.name)) is not None
        ),
        none="no filter",
    )


def _word(value: object) -> str:
    match value:
        case True:
            return "on"
        case False:
            return "off"
        case None:
            return "none"
        case _:
            return str(value)
