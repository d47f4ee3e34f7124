import pytest

from vipprov.guest.errors import HypervisorError
from vipprov.pipelines import ssh


def test_ssh_that_is_not_installed_is_told_in_words_with_what_to_do() -> None:
    with pytest.raises(HypervisorError, match="not installed") as told:
        ssh.run(("/nowhere/ssh", "--", "web-1"))
    assert "openssh-client" in told.value.hint


def test_exit_code_of_ssh_is_handed_on() -> None:
    assert ssh.run(("sh", "-c", "exit 7")) == 7
