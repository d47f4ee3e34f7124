"""A guest that can never be ready is told from one that takes its time."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from fakes.clock import FakeClock
from fakes.machines import FakeMachines, says
from plans import make_spec
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, HypervisorError
from vipprov.hv.machine import Completed, Power
from vipprov.pipelines import firstboot

CLEAN = '{"v1": {"datasource": "DataSourceNoCloud", "errors": []}}'


def machines(*ends: Completed | GuestError, console: bytes | None = None) -> FakeMachines:
    """Return a machine that runs, and how its commands end; the last one again and again."""
    left = list(ends)

    def act(_name: str, _argv: Sequence[str], _stdin: bytes) -> Completed:
        end = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(end, GuestError):
            raise end
        return end

    made = FakeMachines(act)
    made.define(make_spec("web-1"))
    made.set_power("web-1", Power.ON)
    if console is not None:
        made.consoles["web-1"] = console
    return made


def waited(made: FakeMachines, *, since: int = 0, say: Callable[[str], None] = print) -> None:
    firstboot.wait(made, "web-1", by=Deadline.after(60, clock=FakeClock()), say=say, since=since)


def test_guest_that_has_no_agent_yet_is_waited_for() -> None:
    waited(machines(GuestError("no agent"), says(CLEAN)))


def test_who_waits_for_a_slow_guest_hears_of_it_now_and_then() -> None:
    told: list[str] = []
    with pytest.raises(DeadlineError):
        waited(machines(GuestError("no agent")), say=told.append)
    assert told == [f"web-1 still boots, {seconds} s by now" for seconds in (20, 40)]


def test_guest_that_boots_is_seldom_made_to_start_a_program() -> None:
    made = machines(says())
    with pytest.raises(DeadlineError):
        waited(made)
    started = [argv for _, argv in made.ran if argv[0] != "cat"]
    assert 2 <= len(started) <= 7
    assert len(made.ran) > 300


@pytest.mark.parametrize(("code", "words"), [(3, "no cloud-init in web-1"), (4, "switched off")])
def test_guest_without_cloud_init_is_not_waited_for(code: int, words: str) -> None:
    with pytest.raises(GuestError, match=words):
        waited(machines(says(code=code)))


def test_panic_ends_the_wait_with_the_last_words_of_the_console() -> None:
    said = b"booting\nKernel panic - not syncing: no init\n---[ end ]---\n"
    with pytest.raises(GuestError, match="panicked") as told:
        waited(machines(GuestError("no agent"), console=said))
    assert told.value.details.endswith("no init\n---[ end ]---")


def test_panic_of_an_earlier_boot_is_no_panic_of_this_one() -> None:
    said = b"Kernel panic - not syncing: no init\n"
    with pytest.raises(DeadlineError):
        waited(machines(GuestError("no agent"), console=said), since=len(said))


def test_guest_that_is_not_heard_of_in_time_is_told_with_why() -> None:
    with pytest.raises(DeadlineError) as told:
        waited(machines(GuestError("The guest agent of web-1 does not answer.")))
    assert "guest agent" in told.value.details


def test_guest_that_the_hypervisor_has_paused_is_not_called_dead() -> None:
    made = machines(GuestError("no agent"))
    made.machines["web-1"] = replace(
        made.machines["web-1"], power=Power.PAUSED, halted="its disk could not be written"
    )
    with pytest.raises(HypervisorError, match="paused web-1: its disk could not be written"):
        waited(made)
