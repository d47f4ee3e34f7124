"""Doctor on this machine: whatever it finds, it says so, in time and without leaving anything."""

import subprocess
import sys
from pathlib import Path

import pytest

from lab.command import vipprov
from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv.host import trial

pytestmark = pytest.mark.real

# The modules are loaded first: the checkout may lie where nobody else may look.
AS_NOBODY = """
import os
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.pipelines import doctor

if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
print(doctor.text(doctor.examine(by=Deadline.after(60, clock=SystemClock()))))
"""
TRIALS = ("kvm", "macvlan", "overlay")


def test_the_checks_come_to_an_end_and_agree_with_the_exit_code() -> None:
    done = vipprov("doctor", "--json")
    checks = done.document["checks"]
    assert {"macvlan", "overlayfs", "kvm", "cgroups", "bridge-filter"} <= {
        check["id"] for check in checks
    }
    assert done.code == (1 if done.document["verdict"] == "fail" else 0)
    assert done.err == ""


def test_an_ordinary_user_learns_what_can_be_told() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY], capture_output=True, text=True, check=False, timeout=90
    )
    assert done.returncode == 0, done.stderr
    assert "unknown  user" in done.stdout
    assert "ok       kernel" in done.stdout


def test_trials_leave_nothing_behind(tmp_path: Path) -> None:
    by = Deadline.after(60, clock=SystemClock())
    mounts = Path("/proc/self/mountinfo").read_text()
    links = sorted(path.name for path in Path("/sys/class/net").iterdir())
    for name in TRIALS:
        outcome = trial.attempt(name, str(tmp_path), by=by)
        assert outcome.seen
    assert list(tmp_path.iterdir()) == []
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert {"lower", "other", "vrrp.50"}.isdisjoint(links)


def test_a_trial_that_hangs_is_a_failure(tmp_path: Path) -> None:
    over = Deadline.after(0.0, clock=SystemClock())
    outcome = trial.attempt("overlay", str(tmp_path), by=over)
    assert outcome.verdict is Verdict.FAIL
    assert "hangs" in outcome.seen
