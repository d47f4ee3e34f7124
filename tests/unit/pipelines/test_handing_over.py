"""A handover that is watched: what was done to the pair counts, and what was not does not."""

from collections.abc import Sequence

import pytest

from factories import make_pair
from fakes.drama import Drama
from fakes.machines import says
from vipprov.guest import handover, welcome
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import CheckFailedError, GuestError
from vipprov.guest.facts import Role
from vipprov.hv.machine import Completed
from vipprov.pipelines.switchover import Moved, hand_over
from vipprov.pipelines.watch import Watch

PAIR = make_pair()
OWNER, HEIR = PAIR.guests
HAND_OVER = handover.command(PAIR, OWNER, HEIR)


class Handing(Drama):
    """The owner hands over when it is told to, and says how it went."""

    said = "done"

    def _runs(self, name: str, argv: Sequence[str], stdin: bytes) -> Completed:
        if tuple(argv) == HAND_OVER and self.refuses is None:
            if self.said == "done":
                self.roles = {OWNER.name: Role.BACKUP, HEIR.name: Role.MASTER}
            return says(f'{{"result": "{self.said}"}}')
        return super()._runs(name, argv, stdin)


def handed_over(drama: Handing, watch: Watch) -> Moved:
    by = Deadline.after(600, clock=drama.clock)
    return hand_over(PAIR, drama.hypervisor, watch, OWNER, HEIR, by=by)


def test_owner_hands_over_and_the_watch_knows_that_the_pair_was_disturbed() -> None:
    drama = Handing(PAIR)
    watch = drama.watch()
    moved = handed_over(drama, watch)
    assert (moved.before, moved.after, moved.span.lost) == (OWNER.name, HEIR.name, 0)
    assert watch.is_disturbed


def test_heir_that_cannot_be_prepared_leaves_the_pair_undisturbed() -> None:
    drama = Handing(PAIR)
    drama.refuses = welcome.command(PAIR, HEIR)
    watch = drama.watch()
    with pytest.raises(GuestError):
        handed_over(drama, watch)
    assert not watch.is_disturbed
    assert HAND_OVER not in {argv for _, argv in drama.machines.ran}


def test_heir_that_does_not_take_over_is_named_with_what_to_look_at() -> None:
    drama = Handing(PAIR)
    drama.said = "nobody"
    with pytest.raises(CheckFailedError, match="web-2 did not take over from web-1"):
        handed_over(drama, drama.watch())
    stopped = [
        argv for name, argv in drama.machines.ran if (name, argv) == (HEIR.name, welcome.STOP)
    ]
    assert len(stopped) == 2
