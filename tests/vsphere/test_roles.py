"""The roles of docs/vsphere.md are enough for what they are for, and none of it is too much."""

import re
from collections.abc import Iterator

import pytest

from vsphere.opening import forget_attributes
from vsphere.reach import reached
from vsphere.roles import ROLES, TEXT, address, by, restricted
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

AUDIT, POLICY = ROLES["vipprov-audit"], ROLES["vipprov-policy"]
CHANGING = ("DVPortgroup.", "Host.Config.", "Global.")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    yield from started("vcenter", tmp_path_factory.mktemp("roles"))


def test_role_audit_is_enough_to_look(own: Simulator) -> None:
    url = address(own)
    looks = (
        ("list", url),
        ("audit", f"{url}/DC0"),
        ("show", "app", "--on", url),
        ("permit", "DC0_DVPG0", "--dry-run", "--on", url),
        ("harden", url, "--dry-run"),
    )
    for words in looks:
        done = by(own, *words, role=AUDIT)
        assert done.code in {0, 1}, done.err


@pytest.mark.parametrize("name", ["DC0_DVPG0", "VM Network"])
def test_role_policy_is_enough_to_open_and_to_give_back(own: Simulator, name: str) -> None:
    for verb in ("permit", "restore"):
        done = by(own, verb, name, "--on", address(own), role=POLICY)
        assert done.code == 0, done.err


def test_role_policy_is_enough_to_close(own: Simulator) -> None:
    done = by(own, "harden", address(own), "--yes", role=POLICY)
    assert done.code == 0, done.err


@pytest.mark.parametrize("lacking", [one for one in POLICY if one.startswith(CHANGING)])
def test_each_privilege_to_change_is_needed_and_named(own: Simulator, lacking: str) -> None:
    name = "app" if lacking.startswith(("Host.", "Global.")) else "forged-only"
    with reached(own) as found:
        forget_attributes(found)  # so that they are still to be defined
    role = restricted(POLICY, lacking)
    done = by(own, "permit", name, "--host", "DC0_H0", "--on", address(own), role=role)
    assert done.code == 4, done.err
    assert f"missing privilege: {lacking}" in done.err
    assert "docs/vsphere.md" in done.err


@pytest.mark.parametrize("lacking", ["System.View", "System.Read"])
def test_each_privilege_to_look_is_needed_and_named(own: Simulator, lacking: str) -> None:
    role = restricted(AUDIT, lacking)
    done = by(own, "list", address(own), role=role)
    assert done.code == 4, done.err
    assert f"missing privilege: {lacking}" in done.err


def test_table_and_script_name_the_same_privileges() -> None:
    table = TEXT.partition("| role | privileges |")[2].partition("```")[0]
    named = set(re.findall(r"[A-Z][A-Za-z]+(?:\.[A-Z][A-Za-z]+)+", table))
    assert named | {"System.Anonymous"} == set().union(*ROLES.values())
