"""What the lab tests share: leaf bridges, the image, and pair files with names of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from lab.command import vipprov

PairWriter = Callable[..., Path]


@pytest.fixture(scope="session")
def leaves() -> None:
    """Leaf bridges leaf1 to leaf3, joined by a trunk, and the image that guests are made from."""
    for arguments in (("lab", "up", "--kind", "bridge"), ("image", "build", "debian-12")):
        done = vipprov(*arguments)
        assert done.code == 0, done.err


def document(name: str, *, number: int = 0, **changes: object) -> dict[str, object]:
    """Return a pair file like examples/pair.yaml, with addresses that no other test has."""
    net = f"10.50.{50 + number}"
    made: dict[str, object] = {
        "name": name,
        "hypervisor": "lxc:///system",
        "image": "debian-12",
        "port_group": "leaf1",
        "vip": {"addresses": [f"{net}.50/24"], "virtual_router_id": 50 + number},
        "guests": [
            {"name": f"{name}-1", "addresses": [f"{net}.51/24"], "port_group": "leaf1"},
            {"name": f"{name}-2", "addresses": [f"{net}.52/24"], "port_group": "leaf2"},
        ],
    }
    return made | changes


def write(path: Path, content: dict[str, object]) -> Path:
    """Write a pair file."""
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


@pytest.fixture
def gone() -> Iterator[Callable[[str], str]]:
    """Name pairs whose remains are removed when the test ends, however it ends."""
    names: list[str] = []

    def named(name: str) -> str:
        names.append(name)
        return name

    yield named
    for name in names:
        vipprov("vm", "destroy", name, "--yes")
