"""What must hold inside one guest."""

from vipprov.guest import versions
from vipprov.guest.check import Check
from vipprov.guest.judgement import conf, kernel, leftovers, links
from vipprov.guest.judgement.finding import Fault, check
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.pair import Guest


def checks(scene: Scene, guest: Guest) -> tuple[Check, ...]:
    """Return the checks of this guest; only one if it could not be asked."""
    observation = scene.seen.guest(guest.name)
    facts = observation.facts
    expected = "answers when asked"
    if facts is None:
        fault = Fault(
            f"{guest.name} cannot be asked: {observation.error}",
            "Look whether it runs: `vipprov vm show`.",
        )
        return (check("guest", guest.name, expected=expected, seen="no answer", fault=fault),)
    return (
        check("guest", guest.name, expected=expected, seen="answers", fault=None),
        *versions.judge(versions.found(facts), subject=guest.name),
        *links.checks(scene, guest, facts),
        *conf.checks(scene, guest, facts),
        *kernel.checks(scene.pair, guest, facts),
        *leftovers.checks(scene, guest, facts),
    )
