"""A VM that cannot become a guest ends the create in time, with the reason and its console.

All of them are tried side by side: emulated guests take long to boot, and some have only to wait.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import snapshot
from lab.command import Ended, vipprov
from lab.conftest import document, write
from vm.conftest import ON
from vm.variants import booted_with

pytestmark = [
    pytest.mark.vm,
    pytest.mark.long,
    pytest.mark.alone,
    pytest.mark.usefixtures("leaves"),
    pytest.mark.timeout(400),
]

# It is up and idle at once, and its console says so.
AGENTLESS = 'init=/bin/sh -- -c "echo up without an agent; exec sleep 1000"'
NO_KEEPALIVED = "#cloud-config\nbootcmd: [[rm, -f, /usr/sbin/keepalived]]\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A pair whose guests boot with these words; with a document of the user's, where given."""

    name: str
    number: int
    timeout: str
    words: str = ""
    user: str | None = None


PANICKING = Broken(name="panicking", number=31, timeout="3m", words="init=/bin/false")
UNTOLD = Broken(name="untold", number=34, timeout="5m", words="cloud-init=disabled")
MUTE = Broken(name="mute", number=35, timeout="40s", words=AGENTLESS)
BARE = Broken(name="bare", number=36, timeout="5m", user=NO_KEEPALIVED)
ALL = (PANICKING, UNTOLD, MUTE, BARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How each create ended and where its logs are, and the host before and after all of them."""

    ended: dict[str, Ended]
    logs: Path
    before: dict[str, object]
    after: dict[str, object]

    def console(self, broken: Broken) -> str:
        """Return all that the first guest has said; a kernel that is content says nothing."""
        return (self.logs / broken.name / f"{broken.name}-1" / "console.log").read_text()


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Tried:  # noqa: ARG001  the bridges come first
    folder = tmp_path_factory.mktemp("broken")
    before = snapshot.host()
    try:
        with ThreadPoolExecutor() as pool:
            ended = dict(pool.map(lambda broken: (broken.name, _create(broken, folder)), ALL))
        after = snapshot.host()
    finally:
        for broken in ALL:
            vipprov("vm", "destroy", broken.name, "--yes", *ON)
    return Tried(ended=ended, logs=folder / "logs", before=before, after=after)


def _create(broken: Broken, folder: Path) -> Ended:
    changes: dict[str, object] = {"hypervisor": ON[1], "timeout": broken.timeout}
    if broken.user is not None:
        (folder / f"{broken.name}.user").write_text(broken.user)
        changes["cloud_config"] = f"{broken.name}.user"
    with booted_with(broken.words) as image:
        made = document(broken.name, number=broken.number, image=str(image), **changes)
        path = write(folder / f"{broken.name}.yaml", made)
        return vipprov("vm", "create", path, "--logs", folder / "logs" / broken.name)


@pytest.mark.parametrize("broken", ALL, ids=lambda broken: broken.name)
def test_logs_are_named_and_kept(tried: Tried, broken: Broken) -> None:
    said = tried.ended[broken.name].err
    assert "Traceback" not in said
    assert str(tried.logs / broken.name) in said
    assert (tried.logs / broken.name / f"{broken.name}-1" / "console.log").is_file()


def test_nothing_is_left_of_any(tried: Tried) -> None:
    assert tried.after == tried.before


def test_kernel_that_panics(tried: Tried) -> None:
    ended = tried.ended[PANICKING.name]
    assert ended.code == 6
    assert "has panicked" in ended.err
    assert "Kernel panic - not syncing" in ended.err
    assert "Kernel panic" in tried.console(PANICKING)


def test_guest_without_cloud_init(tried: Tried) -> None:
    ended = tried.ended[UNTOLD.name]
    assert ended.code == 6
    assert "cloud-init is switched off" in ended.err


def test_guest_without_guest_agent(tried: Tried) -> None:
    ended = tried.ended[MUTE.name]
    assert ended.code == 5
    assert "The guest agent of" in ended.err
    assert "The console's last words" in ended.err
    assert "up without an agent" in tried.console(MUTE)


def test_guest_without_keepalived_and_without_a_network_to_get_it_from(tried: Tried) -> None:
    ended = tried.ended[BARE.name]
    assert ended.code == 6
    assert "no keepalived version where keepalived >= 2.0.16 is needed" in ended.err
    assert "could not be installed" in ended.err
