"""A console is watched until its machine is off, and nothing of its last words is missed."""

import pytest

from fakes.clock import FakeClock
from fakes.machines import FakeMachines
from plans import make_spec
from vipprov.guest.errors import HypervisorError
from vipprov.hv.machine import Power
from vipprov.pipelines import console


class SpeakingClock(FakeClock):
    """A word is said with each sleep; with the last one the machine goes off."""

    def __init__(self, machines: FakeMachines, words: list[bytes]) -> None:
        super().__init__()
        self._machines = machines
        self._words = words

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._machines.consoles["web-1"] += self._words.pop(0)
        if not self._words:
            self._machines.set_power("web-1", Power.OFF)


def test_all_that_is_said_is_written_once_until_the_machine_is_off() -> None:
    machines = FakeMachines()
    machines.define(make_spec("web-1"))
    machines.set_power("web-1", Power.ON)
    machines.consoles["web-1"] = b"boot "
    heard: list[bytes] = []
    clock = SpeakingClock(machines, [b"login ", b"", b"bye"])
    console.watch(machines, "web-1", write=heard.append, clock=clock)
    assert b"".join(heard) == b"boot login bye"


def test_virsh_that_is_not_installed_is_told_in_words_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(HypervisorError, match="not installed") as told:
        console.interact("lxc:///system", "web-1")
    assert "libvirt-clients" in told.value.hint


def test_watching_ends_quietly_once_the_machine_is_gone() -> None:
    console.watch(FakeMachines(), "web-1", write=print, clock=FakeClock())
