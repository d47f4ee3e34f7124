"""The explanation: one verdict on a proof, that names the layer at fault. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from vipprov.guest.check import Check, Verdict, passed
from vipprov.guest.judgement import catalogue, fabricsigns, guestsigns, wiresigns
from vipprov.guest.judgement.cause import ABOUT_ONE_GUEST, PATH, TABLES, Cause, Layer
from vipprov.guest.judgement.finding import Fault
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.judgement.sign import Sign
from vipprov.guest.observation import Observations
from vipprov.guest.pair import Pair


class Standing(Enum):
    """What is known of a pair. UNKNOWN is neither healthy nor broken in a way that has a name."""

    HEALTHY = "healthy"
    FAULTY = "faulty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One cause, the checks that are its evidence, and those that it does not explain.

    A healthy pair has no cause; its evidence is what proves that the vIP answers.
    """

    standing: Standing
    cause: Cause | None
    guests: tuple[str, ...]
    says: str
    next_move: str
    evidence: tuple[str, ...]
    unexplained: tuple[str, ...] = ()

    @property
    def layer(self) -> Layer | None:
        """The layer at fault; None where nothing is."""
        return None if self.cause is None else self.cause.layer


def explain(pair: Pair, seen: Observations, checks: tuple[Check, ...]) -> Explanation:
    """Return the one cause that explains most of what is wrong, or that nothing is."""
    scene = Scene(pair, seen)
    wrong = tuple(check for check in checks if check.verdict is not Verdict.PASS)
    if not wrong and passed(checks) and _answers(scene, checks):
        return _healthy(pair, checks)
    signs = (
        *guestsigns.signs(scene),
        *wiresigns.signs(scene),
        *fabricsigns.signs(scene),
    )
    # max() keeps the first of equals, so that the order of the catalogue decides between them.
    ordered = sorted(signs, key=lambda sign: catalogue.CAUSES.index(sign.cause))
    best = max(ordered, key=lambda sign: len(_explained(scene, sign, wrong)), default=None)
    if best is None or (wrong and not _explained(scene, best, wrong)):
        return _unexplained(wrong)
    return _caused(scene, best, wrong)


def _answers(scene: Scene, checks: tuple[Check, ...]) -> bool:
    """Say whether every vIP was asked for and pinged; checks that nobody made prove nothing."""
    made = {(check.id, check.subject.partition(" from ")[0]) for check in checks}
    wanted = (str(address.ip) for address in scene.pair.vip.addresses)
    return all({("arp", one), ("ping", one)} <= made for one in wanted)


def _explained(scene: Scene, sign: Sign, wrong: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(check for check in wrong if _explains(scene, sign, check))


def _explains(scene: Scene, sign: Sign, check: Check) -> bool:
    if check.id not in sign.cause.explains:
        return False
    if check.id in ABOUT_ONE_GUEST:
        return check.subject in sign.guests
    if check.id not in PATH | TABLES or not sign.guests:
        return True
    # What lies with a backup does not keep the owner from answering.
    owners = {one.guest.name for family in scene.families() for one in scene.owners(family)}
    return not owners or bool(owners & sign.guests)


def _healthy(pair: Pair, checks: tuple[Check, ...]) -> Explanation:
    return Explanation(
        standing=Standing.HEALTHY,
        cause=None,
        guests=(),
        says=f"The virtual IP of {pair.name} answers from one owner; no layer is at fault.",
        next_move="",
        evidence=_named(check for check in checks if check.id in {"arp", "ping", "one-master"}),
    )


def _caused(scene: Scene, sign: Sign, wrong: tuple[Check, ...]) -> Explanation:
    evidence = _explained(scene, sign, wrong)
    is_known = sign.cause.layer is not Layer.UNKNOWN
    return Explanation(
        standing=Standing.FAULTY if is_known else Standing.UNKNOWN,
        cause=sign.cause,
        guests=tuple(sorted(sign.guests)),
        says=sign.fault.cause,
        next_move=sign.fault.next_move,
        evidence=_named(evidence),
        unexplained=_named(check for check in wrong if check not in evidence),
    )


def _unexplained(wrong: tuple[Check, ...]) -> Explanation:
    why = Fault("No known cause fits what was seen.", "Verify again.")
    if wrong:
        why = Fault(f"{why.cause} One check says: {wrong[0].cause}", wrong[0].next_move)
    return Explanation(
        standing=Standing.UNKNOWN,
        cause=catalogue.UNEXPLAINED,
        guests=(),
        says=why.cause,
        next_move=why.next_move,
        evidence=(),
        unexplained=_named(wrong),
    )


def _named(checks: Iterable[Check]) -> tuple[str, ...]:
    return tuple(f"{check.id} ({check.subject})" for check in checks)
