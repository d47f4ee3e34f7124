"""The judge: makes the checks of a proof of what was seen of a pair. Pure."""

from vipprov.guest.check import Check
from vipprov.guest.judgement import clients, fabric, hearing, inside, outside, ports, roles
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.observation import Observations
from vipprov.guest.pair import Pair


def judge(pair: Pair, seen: Observations) -> tuple[Check, ...]:
    """Return all checks: guests from inside, roles, segments, ports, the fabric, clients."""
    scene = Scene(pair, seen)
    return (
        *(check for guest in pair.guests for check in inside.checks(scene, guest)),
        *(check for family in scene.families() for check in roles.checks(scene, family)),
        *(check for family in scene.families() for check in hearing.checks(scene, family)),
        *(check for family in scene.families() for check in hearing.alone(scene, family)),
        *outside.checks(scene),
        *ports.checks(scene),
        *fabric.checks(scene),
        *clients.checks(scene),
    )
