"""The passwords of vCenter and of a pair's guests are nowhere but where they have to be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyVmomi import vim

from vipprov.hv.vsphere import collect
from vsphere import guarded as guarded_by
from vsphere.guarded import CANARY, Run, require_secret, run
from vsphere.others import whole
from vsphere.pairs import PASSWORD, Scene, staged
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

Words = tuple[str, ...]
# With FILE for the pair file, PAIR for its name, GUEST for its first guest, LOGS for a folder.
MAKING: tuple[Words, ...] = (
    ("vm", "plan", "FILE"),
    ("vm", "create", "FILE", "--json", "--logs", "LOGS"),
)
LOOKING: tuple[Words, ...] = (
    ("vm", "list", "--json"),
    ("vm", "list"),
    ("vm", "show", "PAIR", "--json"),
    ("vm", "show", "PAIR"),
    ("vm", "logs", "GUEST"),
    ("verify", "PAIR", "--explain"),
    ("verify", "PAIR", "--json"),
)
LEAVING: tuple[Words, ...] = (("vm", "destroy", "PAIR", "--yes"),)
# Of a task; the object that it is of need not be one that pyVmomi knows to have tasks.
TOLD = ("info.descriptionId", "info.entityName", "info.reason", "info.error", "info.state")
FAULTS = ("CloneVM_Task", "PowerOnVM_Task", "StartProgramInGuest")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    yield from guarded_by.vcenter(tmp_path_factory.mktemp("guarded"))


@pytest.fixture
def scene(guarded: Simulator, tmp_path: Path) -> Iterator[Scene]:
    with staged(guarded, "DC0_DVPG0", tmp_path) as found:
        yield found


@pytest.fixture
def environment(scene: Scene, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "tmp").mkdir()
    return {**scene.environment, "TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path / "tmp")}


def ended(scene: Scene, environment: dict[str, str], *words: str) -> Run:
    """Run a command, and see that it tells neither password."""
    meant = {
        "FILE": str(scene.path),
        "PAIR": scene.name,
        "GUEST": scene.guests[0],
        "LOGS": f"{environment['TMPDIR']}/logs",
    }
    told = tuple(meant.get(word, word) for word in words)
    done = run(told, scene.simulator, environment)
    for secret in (CANARY, PASSWORD):
        require_secret(done, environment, secret=secret)
    assert "Traceback" not in done.text
    return done


def kept(found: Reached) -> str:
    """Return all that vCenter tells of machines, port groups, rules and tasks."""
    session = found.session
    paths = ["name", "config", "customValue", "guest", "summary"]
    machines = collect.everything(session, vim.VirtualMachine, paths)
    clusters = collect.everything(session, vim.ClusterComputeResource, ["configurationEx"])
    tasks = session.call("read the tasks", lambda: session.content.taskManager.recentTask)
    infos = collect.these(session, vim.Task, tasks, TOLD)
    every = (*machines, *clusters, *infos)
    return "\n".join((*(str(dict(one.properties)) for one in every), *whole(found).values()))


def require_unkept(scene: Scene) -> None:
    with reached(scene.simulator) as found:
        text = kept(found)
    assert scene.name in text
    assert CANARY not in text
    assert PASSWORD not in text


def test_life_of_a_pair_tells_neither(scene: Scene, environment: dict[str, str]) -> None:
    for words in MAKING:
        assert ended(scene, environment, *words).code in {0, 1}
    require_unkept(scene)
    for words in LOOKING:
        assert ended(scene, environment, *words).code in {0, 1}
    for words in LEAVING:
        assert ended(scene, environment, *words).code == 0


@pytest.mark.parametrize("method", FAULTS)
@pytest.mark.parametrize("kind", ["NoPermission", "disconnect"])
def test_error_of_a_pair_tells_neither(
    scene: Scene, environment: dict[str, str], method: str, kind: str
) -> None:
    scene.simulator.inject(method, kind)
    assert ended(scene, environment, *MAKING[1]).code == 4


def test_wrong_password_of_the_guests_is_not_told(
    scene: Scene, environment: dict[str, str]
) -> None:
    for words in MAKING:
        assert ended(scene, environment, *words).code in {0, 1}
    wrong = "canary-of-a-guest"
    done = ended(scene, {**environment, "GUEST_PASSWORD": wrong}, "verify", "PAIR")
    assert "does not let root in" in done.text
    assert wrong not in done.text + done.arguments
