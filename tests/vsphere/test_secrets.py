"""The password of vCenter is in no output, no file that is left, no record and no argument."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from vipprov.hv.vsphere.access import CA, PASSWORD
from vsphere import guarded as guarded_by
from vsphere.guarded import CANARY, require_secret, run
from vsphere.others import whole
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

MACHINE = "DC0_H0_VM0"
# With URL for the address; the machine is there, and nothing was opened before.
COMMANDS = (
    ("portgroup", "list", "URL", "--json"),
    ("portgroup", "show", MACHINE, "--on", "URL"),
    ("portgroup", "audit", "URL"),
    ("portgroup", "audit", "URL", "--csv"),
    ("portgroup", "audit", "URL", "--junit"),
    ("portgroup", "permit", MACHINE, "--on", "URL", "--dry-run"),
    ("portgroup", "permit", MACHINE, "--on", "URL", "--json"),
    ("portgroup", "restore", MACHINE, "--on", "URL"),
    ("portgroup", "permit", MACHINE, "--on", "URL", "--dedicated"),
    ("portgroup", "restore", MACHINE, "--on", "URL", "--json"),
    ("portgroup", "harden", "URL", "--dry-run"),
)
FAULTS = ("disconnect", "NotAuthenticated", "NoPermission", "InvalidLogin", "RuntimeFault")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Yield a vCenter whose password is the canary."""
    yield from guarded_by.vcenter(tmp_path_factory.mktemp("guarded"))


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, guarded: Simulator, tmp_path: Path
) -> dict[str, str]:
    """Return what a command needs: the password by each sort of reference."""
    place = tmp_path / "password"
    place.write_text(f"{CANARY}\nsecond line\n")
    kinds: dict[str, dict[str, str]] = {
        "env": {PASSWORD: "env:SECRET", "SECRET": CANARY},
        "file": {PASSWORD: f"file:{place}"},
        "command": {PASSWORD: f"command:cat {place}"},
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("VIPPROV")}
    (tmp_path / "tmp").mkdir()
    left = {"TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path / "tmp")}
    return {**own, **kinds[getattr(request, "param", "env")], **left, CA: str(guarded.ca)}


def test_canary_would_be_seen(guarded: Simulator, environment: dict[str, str]) -> None:
    done = run(("portgroup", "show", CANARY, "--on", "URL"), guarded, environment)
    assert done.code == 3
    assert CANARY in done.text
    assert CANARY in done.arguments


def test_password_works_and_is_nowhere(guarded: Simulator, environment: dict[str, str]) -> None:
    for words in COMMANDS:
        done = run(words, guarded, environment)
        assert done.code in {0, 1}, done.text
        require_secret(done, environment)
    with reached(guarded) as found:
        assert CANARY not in str(whole(found))


@pytest.mark.parametrize("environment", ["file", "command"], indirect=True)
def test_password_of_another_reference_works_and_is_nowhere(
    guarded: Simulator, environment: dict[str, str]
) -> None:
    done = run(COMMANDS[0], guarded, environment)
    assert done.code == 0, done.text
    require_secret(done, environment)


@pytest.mark.parametrize("kind", FAULTS)
def test_errors_do_not_show_it(guarded: Simulator, environment: dict[str, str], kind: str) -> None:
    guarded.order(reset=True)
    guarded.inject("Login", kind)
    done = run(("portgroup", "list", "URL"), guarded, environment)
    assert done.code == (0 if kind == "NotAuthenticated" else 4), done.text  # it logs in again
    require_secret(done, environment)
    assert "Traceback" not in done.text
    guarded.order(reset=True)


@pytest.mark.parametrize("reference", [CANARY, f"env:{CANARY}x", f"plain:{CANARY}"])
def test_mistaken_reference_is_not_repeated(
    guarded: Simulator, environment: dict[str, str], reference: str
) -> None:
    done = run(("portgroup", "list", "URL"), guarded, {**environment, PASSWORD: reference})
    assert done.code in {2, 3}
    if not reference.startswith("env:"):  # the name of a variable is no secret
        require_secret(done, environment)


def test_password_in_the_address_is_refused_and_not_repeated(
    guarded: Simulator, environment: dict[str, str]
) -> None:
    place = guarded.url.partition("@")[2]
    words = ("portgroup", "list", f"vsphere://administrator:{CANARY}@{place}")
    done = run(words, guarded, environment)
    assert done.code == 2
    assert CANARY not in done.text
