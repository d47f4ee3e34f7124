"""The guest agent is asked in its own words, and what it answers becomes values."""

import pytest

from fakes.agent import FakeAgent
from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.hv.libvirtd.guestagent import GuestAgent, GuestNic, Send
from vipprov.hv.machine import Completed


def soon(clock: FakeClock | None = None) -> Deadline:
    return Deadline.after(5, clock=clock or FakeClock())


@pytest.mark.real
def test_command_gets_its_input_and_ends_with_its_output_and_code() -> None:
    agent = GuestAgent("web-1", FakeAgent(polls=3).send)
    done = agent.run(("sh", "-c", "cat; echo e >&2; exit 7"), by=soon(), stdin=b"in\0")
    assert done == Completed(code=7, stdout=b"in\0", stderr=b"e\n")


@pytest.mark.real
def test_program_that_is_not_there_ends_as_in_a_shell() -> None:
    assert GuestAgent("web-1", FakeAgent().send).run(("no-such-program",), by=soon()).code == 127


@pytest.mark.real
def test_guest_itself_ends_what_runs_too_long_a_little_after_our_deadline() -> None:
    fake = FakeAgent()
    GuestAgent("web-1", fake.send).run(("true",), by=soon())
    assert fake.asked[0]["arguments"]["path"] == "timeout"
    assert fake.asked[0]["arguments"]["arg"] == ["--signal=KILL", "6.000", "true"]


@pytest.mark.real
def test_command_that_a_signal_ended_has_the_code_that_a_shell_gives() -> None:
    agent = GuestAgent("web-1", Signalled().send)
    assert agent.run(("true",), by=soon()).code == 137


class Signalled(FakeAgent):
    def send(self, request: str, by: Deadline) -> str:
        answer = super().send(request, by)
        return answer.replace('"exitcode": 0', '"signal": 9')


@pytest.mark.real
def test_command_that_does_not_end_is_given_up_at_the_deadline() -> None:
    clock = FakeClock()
    agent = GuestAgent("web-1", FakeAgent(polls=1000).send)
    with pytest.raises(DeadlineError, match="a command in web-1"):
        agent.run(("true",), by=soon(clock))
    assert clock.now() == pytest.approx(5)


@pytest.mark.real
def test_output_that_was_cut_short_is_not_taken_for_the_whole() -> None:
    agent = GuestAgent("web-1", FakeAgent(answers={"out-truncated": True}).send)
    with pytest.raises(GuestError, match="more than its agent passes on"):
        agent.run(("true",), by=soon())


def test_file_is_read_without_starting_anything_and_closed_again() -> None:
    fake = FakeAgent(
        answers={
            "guest-file-open": 3,
            "guest-file-read": {"count": 2, "buf-b64": "YQA=", "eof": True},
            "guest-file-close": {},
        }
    )
    assert GuestAgent("web-1", fake.send).read("/run/file", by=soon()) == b"a\0"
    assert [(one["execute"], one["arguments"].get("handle")) for one in fake.asked] == [
        ("guest-file-open", None),
        ("guest-file-read", 3),
        ("guest-file-close", 3),
    ]


def test_file_that_goes_on_is_not_taken_for_the_whole() -> None:
    part = {"guest-file-read": {"count": 1, "buf-b64": "YQ==", "eof": False}}
    rest = {"guest-file-open": 3, "guest-file-close": {}}
    agent = GuestAgent("web-1", FakeAgent(answers=part | rest).send)
    with pytest.raises(GuestError, match="larger"):
        agent.read("/run/file", by=soon())


def test_file_that_is_not_there_is_told_from_an_agent_that_opens_none() -> None:
    absent = "failed to open file '/x' (mode: 'r'): No such file or directory"
    assert GuestAgent("web-1", refusing(absent)).read("/x", by=soon()) is None
    with pytest.raises(GuestError, match="did not do it"):
        GuestAgent("web-1", refusing("the command has been disabled")).read("/x", by=soon())


def refusing(why: str) -> Send:
    def send(_request: str, _by: Deadline) -> str:
        raise GuestError("The agent did not do it.", details=f"libvirt: internal error: {why}")

    return send


def test_nics_are_those_that_the_guest_has_with_and_without_addresses() -> None:
    answers = {
        "guest-network-get-interfaces": [
            {"name": "lo", "ip-addresses": [{"ip-address": "::1", "prefix": 128}]},
            {"name": "eth0", "hardware-address": "52:54:00:50:00:01"},
        ]
    }
    agent = GuestAgent("web-1", FakeAgent(answers=dict(answers)).send)
    assert agent.nics(by=soon()) == (
        GuestNic(mac="", addresses=("::1",)),
        GuestNic(mac="52:54:00:50:00:01", addresses=()),
    )
