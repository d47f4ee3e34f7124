"""Links by the program `ip`: what it refuses reaches the reader."""

import pytest

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import HypervisorError
from vipprov.hv import iplink

pytestmark = pytest.mark.real


def test_what_ip_refuses_is_said_with_its_own_words() -> None:
    by = Deadline.after(10, clock=SystemClock())
    with pytest.raises(HypervisorError, match="Could not take away a cable") as caught:
        iplink.batch([("link", "del", "no-such-link0")], doing="take away a cable", by=by)
    assert "no-such-link0" in caught.value.details


def test_commands_are_carried_out_up_to_the_first_that_fails() -> None:
    by = Deadline.after(10, clock=SystemClock())
    commands = [("link", "show", "lo"), ("link", "show", "no-such-link1"), ("nonsense",)]
    with pytest.raises(HypervisorError) as caught:
        iplink.batch(commands, doing="look", by=by)
    assert "no-such-link1" in caught.value.details
    assert "nonsense" not in caught.value.details
