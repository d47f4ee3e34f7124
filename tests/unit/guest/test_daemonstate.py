"""What systemd and the kernel say of keepalived comes to one word."""

import pytest

from vipprov.guest import daemonstate
from vipprov.guest.facts import Daemon


@pytest.mark.parametrize(
    ("code", "states", "daemon"),
    [
        (0, "S (sleeping)\nS (sleeping)\n", Daemon.RUNNING),
        (0, "S (sleeping)\nT (stopped)\n", Daemon.FROZEN),
        (0, "", Daemon.RUNNING),  # in the middle of a handover
        (3, "", Daemon.ABSENT),
    ],
)
def test_one_frozen_process_is_enough(code: int, states: str, daemon: Daemon) -> None:
    assert daemonstate.told(code, states) is daemon
