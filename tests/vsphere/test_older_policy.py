"""On a switch without MAC learning we and a client of govmomi's read what the other has set."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import ROOT
from switchgroups import ACCEPT, REJECT
from vipprov.hv.switchgroup import OwnPolicy
from vsphere.policies import STANDARD
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

NAME = "old-closed"
LETTERS = {ACCEPT: "a", REJECT: "r", None: "i"}
NEIGHBOURS = list(zip(STANDARD, (*STANDARD[1:], STANDARD[0]), strict=True))


@pytest.fixture(scope="module")
def client() -> Path:
    done = subprocess.run(
        [ROOT / "scripts" / "vcsim", "build"], stdout=subprocess.PIPE, text=True, check=True
    )
    return Path(done.stdout.strip())


@pytest.fixture
def kept(simulator: Simulator) -> Iterator[Simulator]:
    """Yield the vCenter, and give the port group back what it had."""
    with reached(simulator) as found:
        before = found.group(NAME).own
    yield simulator
    with reached(simulator) as found:
        found.set(found.group(NAME), before)


def written(own: OwnPolicy) -> str:
    return "".join(LETTERS[one] for one in (own.promiscuous, own.mac_changes, own.forged_transmits))


def told(client: Path, simulator: Simulator, *orders: str) -> str:
    """Let the client set what it is told to, and return what it reads."""
    url = simulator.url.replace("vsphere://", "https://") + "/sdk"
    done = subprocess.run(
        [client, "-client", url, "-directory", simulator.ca.parent, *orders],
        env=simulator.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: str = json.loads(done.stdout)[NAME]
    return found


@pytest.mark.parametrize(("theirs", "ours"), NEIGHBOURS, ids=written)
def test_what_one_sets_the_other_reads(
    client: Path, kept: Simulator, theirs: OwnPolicy, ours: OwnPolicy
) -> None:
    told(client, kept, f"{NAME}={written(theirs)}")
    with reached(kept) as found:
        group = found.group(NAME)
        assert group.own == theirs
        found.groups.write(group, ours)
    assert told(client, kept) == written(ours)
