"""What all tests share."""

import os

import pytest
from hypothesis import settings

from vsphere.simulator import esxi, hasty, runs, simulator, vcenter

__all__ = [
    "esxi",
    "hasty",
    "runs",
    "simulator",
    "vcenter",
]  # fixtures: the contracts need them as well

# A new random example is a developer's find, not a surprise in somebody else's build; and a busy
# machine is no finding at all.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# scripts/test installs all that the tests need, so a test that is skipped there hides something.
FORBIDDEN = "VIPPROV_NO_SKIPS"


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(FORBIDDEN):
        config.pluginmanager.register(_NoSkips())


class _NoSkips:
    """Turns a run in which a test was skipped red."""

    def __init__(self) -> None:
        self._skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for test in self._skipped:
            terminalreporter.write_line(f"{FORBIDDEN}: skipped, which counts as failed: {test}")
