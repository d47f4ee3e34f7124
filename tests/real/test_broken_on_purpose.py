"""What matters most cannot be left out unnoticed: each break, made in a copy, turns a test red."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from project import PACKAGES, ROOT

pytestmark = pytest.mark.real

RED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One change of one line, and the tests of which at least one has to notice."""

    what: str
    file: str
    line: str
    becomes: str
    tests: str


BREAKS = (
    Break(
        what="use_vmac left out",
        file="guest/keepalived.py",
        line='return (f"use_vmac {_word(instance.vmac_interface)}", "vmac_xmit_base")',
        becomes='return ("vmac_xmit_base",)',
        tests="tests/unit/guest/test_keepalived.py",
    ),
    Break(
        what="arp_announce left out",
        file="guest/sysctl.py",
        line='(_key("all", "arp_announce"), "2"),',
        becomes="",
        tests="tests/unit/guest/test_sysctl.py",
    ),
    Break(
        what="filter without the vMAC",
        file="hv/libvirtd/nwfilter_xml.py",
        line="allowed = dict.fromkeys((nic_mac.lower(), *(mac.lower() for mac in vmacs)))",
        becomes="allowed = dict.fromkeys((nic_mac.lower(),))",
        tests="tests/unit/hv/libvirtd/test_nwfilter_xml.py",
    ),
    Break(
        what="restore skipped",
        file="pipelines/remove.py",
        line="port_groups.restore(port.machine, port.mac)",
        becomes="pass",
        tests="tests/unit/pipelines/test_remove.py",
    ),
    Break(
        what="second owner of the vIP not seen",
        file="guest/judgement/roles.py",
        line="elif len(owners) > 1:",
        becomes="elif len(owners) > 9:",
        tests="tests/unit/guest/test_judge.py",
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for name in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    packages = folder / ".dev" / "vipprov"
    packages.mkdir(parents=True)
    for floor in PACKAGES:
        (packages / floor).symlink_to(folder / floor)
    return folder


def code(copy: Path, tests: str) -> int:
    environment = {**os.environ, "PYTHONPATH": str(copy / ".dev"), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = (sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", tests)
    done = subprocess.run(argv, cwd=copy, env=environment, capture_output=True, check=False)
    return done.returncode


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.what)
def test_break_turns_a_test_red_that_is_green_without_it(copy: Path, broken: Break) -> None:
    path = copy / broken.file
    whole = path.read_text()
    assert whole.count(broken.line) == 1, f"{broken.file} has changed: tell the break anew"
    assert code(copy, broken.tests) == 0
    path.write_text(whole.replace(broken.line, broken.becomes))
    try:
        assert code(copy, broken.tests) == RED
    finally:
        path.write_text(whole)
