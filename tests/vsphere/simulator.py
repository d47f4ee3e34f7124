"""A simulated vCenter and a simulated ESXi host for the session, and one's orders to them."""

import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from project import ROOT

VCSIM = ROOT / "scripts" / "vcsim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """A simulator that runs: its address, and the variables that a command needs."""

    url: str
    environment: dict[str, str]
    ca: Path

    def order(self, **wanted: object) -> None:
        """Tell it what goes wrong from now on; see tests/vcsim/control.go."""
        place = self.url.partition("@")[2]
        request = Request(
            f"https://{place}/vcsim/control", data=json.dumps(wanted).encode(), method="POST"
        )
        trusted = ssl.create_default_context(cafile=self.ca)
        with urlopen(request, context=trusted, timeout=10) as answer:  # noqa: S310
            assert answer.status == 200

    def inject(self, method: str, kind: str, *, nth: int = 1, seconds: float = 0.0) -> None:
        """Let the n-th call of a method go wrong."""
        self.order(inject={"method": method, "kind": kind, "nth": nth, "seconds": seconds})


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vcsim")


@pytest.fixture(scope="session")
def vcenter(runs: Path) -> Iterator[Simulator]:
    yield from started("vcenter", runs)


@pytest.fixture(scope="session")
def esxi(runs: Path) -> Iterator[Simulator]:
    yield from started("esxi", runs)


@pytest.fixture(scope="session")
def hasty(runs: Path) -> Iterator[Simulator]:
    """Return a vCenter whose tasks take no time."""
    yield from started("vcenter", runs / "hasty", "-task-delay", "1ms")


@pytest.fixture
def simulator(vcenter: Simulator) -> Iterator[Simulator]:
    """Return the vCenter, with nothing wrong with it before the test and after it."""
    vcenter.order(reset=True)
    yield vcenter
    vcenter.order(reset=True)


def started(kind: str, runs: Path, *options: str) -> Iterator[Simulator]:
    """Yield a simulator that keeps what it needs to run in this folder."""
    environment = {**os.environ, "VIPPROV_VCSIM_RUN": str(runs)}

    def vcsim(verb: str) -> str:
        done = subprocess.run(
            [VCSIM, verb, kind, *options],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    found = json.loads(vcsim("up"))
    try:
        yield Simulator(url=found["url"], environment=found["env"], ca=Path(found["ca"]))
    finally:
        vcsim("down")
