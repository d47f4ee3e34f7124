"""A live change that fails leaves the pair as it was, and the next run makes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import containers
from lab.command import vipprov
from lab.conftest import document, write

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

GUESTS = ("back-1", "back-2")
CONF = "/etc/keepalived/keepalived.conf"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Path]:  # noqa: ARG001  the bridges come first
    path = write(tmp_path_factory.mktemp("back") / "pair.yaml", made())
    try:
        done = vipprov("vm", "create", path)
        assert done.code == 0, done.err + done.out
        yield path
    finally:
        vipprov("vm", "destroy", "back", "--yes")


def made(**vip: object) -> dict[str, object]:
    """Return the pair with its vIP changed."""
    whole = document("back", number=24)
    assert isinstance(whole["vip"], dict)
    return whole | {"vip": whole["vip"] | vip}


@contextmanager
def unwritable(name: str) -> Iterator[None]:
    """Let nothing be written to keepalived's folder in this guest."""
    folder = str(Path(CONF).parent)
    mounts = f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}"
    containers.inside(name, mounts)
    try:
        yield
    finally:
        containers.inside(name, f"umount {folder}")


def configured() -> list[str]:
    return [containers.inside(name, f"cat {CONF}") for name in GUESTS]


def filters() -> list[str]:
    return [line for name in GUESTS for line in xml(name) if "filterref" in line]


def xml(name: str) -> list[str]:
    return containers.virsh("dumpxml", name).splitlines()


def owner_now() -> str:
    (owner,) = (name for name in GUESTS if containers.holds(name, "10.50.74.50"))
    return owner


@pytest.mark.parametrize("vip", [{"garp_refresh": "10s"}, {"virtual_router_id": 75}])
def test_files_of_every_guest_and_the_filters_are_what_they_were(
    pair: Path, vip: dict[str, object]
) -> None:
    (backup,) = set(GUESTS) - {owner_now()}
    before = (configured(), filters(), *map(xml, GUESTS))
    changed = write(pair.with_name("changed.yaml"), made(**vip) | {"policy": "unchanged"})
    with unwritable(backup):
        failed = vipprov("vm", "create", changed)
    assert failed.code == 6
    assert f"Could not write the configuration of {backup}." in failed.err
    assert "undoing what this run changed" in failed.err
    assert "not undone" not in failed.err
    assert (configured(), filters(), *map(xml, GUESTS)) == before
    assert vipprov("verify", "back").code == 0
    assert vipprov("vm", "plan", pair, "--exit-code").code == 0


def test_guest_that_cannot_be_changed_back_is_named_and_the_next_run_goes_on(pair: Path) -> None:
    owner = owner_now()
    changed = write(pair.with_name("changed.yaml"), made(virtual_router_id=75))
    containers.inside(owner, "mv /bin/systemctl /bin/systemctl.away")
    try:
        failed = vipprov("vm", "create", changed)
    finally:
        containers.inside(owner, "mv /bin/systemctl.away /bin/systemctl")
    assert failed.code == 6
    assert f"not undone: the configuration of {owner}" in failed.err
    healed = vipprov("vm", "create", pair)
    assert healed.code == 0, healed.err
    assert vipprov("vm", "plan", pair, "--exit-code").code == 0
