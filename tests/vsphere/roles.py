"""The roles of docs/vsphere.md, and commands by users who have them."""

import os
import re

from lab.command import Ended, vipprov
from project import ROOT
from vsphere.simulator import Simulator

TEXT = (ROOT / "docs" / "vsphere.md").read_text(encoding="utf-8")
ROLES = {
    name: tuple(privileges.replace("\\\n", " ").split())
    for name, privileges in re.findall(r"govc role\.create (\S+)((?:[^\n]*\\\n)*[^\n]*)", TEXT)
}


def by(simulator: Simulator, *words: str, role: tuple[str, ...]) -> Ended:
    """Run a command as a user who has these privileges and no others."""
    simulator.order(reset=True, allow={"somebody": list(role)})
    environment = {**os.environ, **simulator.environment}
    return vipprov("portgroup", *words, environment=environment)


def address(simulator: Simulator) -> str:
    return simulator.url.replace("administrator@", "somebody@")


def restricted(role: tuple[str, ...], lacking: str) -> tuple[str, ...]:
    """Return the role without one of its privileges."""
    return tuple(one for one in role if one != lacking)
