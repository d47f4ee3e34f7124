import pytest

from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.pipelines import ssh


def test_ssh_that_is_not_installed_is_told_in_words_with_what_to_do() -> None:
    with pytest.raises(HypervisorError, match="not installed") as told:
        ssh.run(("/nowhere/ssh", "--", "web-1"))
    assert "openssh-client" in told.value.hint


def test_exit_code_of_ssh_is_handed_on() -> None:
    assert ssh.run(("sh", "-c", "exit 7")) == 7


def test_option_after_the_guest_is_refused_and_one_of_its_command_is_not() -> None:
    with pytest.raises(SpecError, match="--on comes after the guest") as told:
        ssh.remote("web-1", ("--on", "qemu:///system"))
    assert "vm ssh --on … web-1" in told.value.hint
    assert ssh.remote("web-1", ("ip", "-br", "address")) == ("ip", "-br", "address")
    assert ssh.remote("web-1", ("--", "ip", "-br")) == ("ip", "-br")
