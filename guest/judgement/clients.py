"""Clients: whether they have the vIP with its owner's MAC, and reach it."""

from collections.abc import Iterator

from vipprov.guest.check import Check
from vipprov.guest.judgement import fabricfaults
from vipprov.guest.judgement.finding import Fault, check, unknown
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.observation import ClientObservation, EchoResult
from vipprov.guest.vrrp import Family


def checks(scene: Scene) -> tuple[Check, ...]:
    """Return the checks of each client that was asked."""
    return tuple(made for client in scene.seen.clients for made in _client(scene, client))


def _client(scene: Scene, client: ClientObservation) -> Iterator[Check]:
    if client.error:
        why = Fault(f"{client.client} cannot be asked: {client.error}", "Run as root, where it is.")
        yield unknown("client", client.client, expected="answers when asked", why=why)
        return
    for echo in client.echoes:
        mac = owners_mac(scene, Family(echo.target.version))
        belief = client.belief(echo.target)
        if mac is not None and belief is not None:
            yield check(
                "client-arp",
                f"{echo.target} in {client.client}",
                expected=mac,
                seen=belief.mac,
                fault=of_belief(scene, client, echo),
            )
        yield check(
            "client-ping",
            f"{echo.target} from {client.client}",
            expected=f"{echo.sent} of {echo.sent}",
            seen=f"{echo.received} of {echo.sent}",
            fault=_of_loss(scene, client, echo),
        )


def of_belief(scene: Scene, client: ClientObservation, echo: EchoResult) -> Fault | None:
    """Return the fault of a client that has the vIP with another MAC than its owner's."""
    mac = owners_mac(scene, Family(echo.target.version))
    belief = client.belief(echo.target)
    if mac is None or belief is None or belief.mac == mac:
        return None
    return Fault(
        f"{client.client} itself has {echo.target} with {belief.mac}, and its owner has it with"
        f" {mac}: a stale or permanent ARP entry.",
        f"`ip neigh del {echo.target} dev …` there, and look who made the entry permanent.",
    )


def owners_mac(scene: Scene, family: Family) -> str | None:
    """Return the MAC of the one owner; None while there is none, or there are two."""
    owners = scene.owners(family)
    if len(owners) != 1 or scene.silent():
        return None
    return owners[0].instance.mac if scene.pair.vip.vmac else owners[0].guest.mac


def _of_loss(scene: Scene, client: ClientObservation, echo: EchoResult) -> Fault | None:
    if echo.received == echo.sent:
        return None
    return (
        of_belief(scene, client, echo)
        or fabricfaults.anywhere(scene)
        or Fault(
            f"{client.client} gets {echo.received} of {echo.sent} replies from {echo.target}.",
            "See the checks `arp` and `ping`; where they pass, look at the client's own routes and"
            " firewall.",
        )
    )
