"""What is kept of a machine before it goes: what vSphere says of it, and its guest's own logs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pyVmomi import vim

from vipprov.hv import storage
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.session import Session

SECONDS: Final = 20.0
COMMANDS: Final = {
    "cloud-init.log": ("cat", "/var/log/cloud-init.log"),
    "cloud-init-output.log": ("cat", "/var/log/cloud-init-output.log"),
    "journal.log": ("journalctl", "--no-pager", "-q", "-n", "500"),
}
_PATHS = (
    "name",
    "runtime.powerState",
    "runtime.connectionState",
    "runtime.bootTime",
    "guest.toolsRunningStatus",
    "guest.guestOperationsReady",
    "guest.guestState",
    "overallStatus",
)


def save(session: Session, machine: Any, folder: Path, told: Mapping[str, str]) -> None:  # noqa: ANN401
    """Write the logs into the folder."""
    (found,) = collect.these(session, vim.VirtualMachine, [machine], _PATHS)
    facts = {path: str(found[path]) for path in _PATHS if found[path] is not None}
    with storage.writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "vsphere.json").write_text(json.dumps(facts, indent=2) + "\n")
        for name, text in told.items():
            (folder / name).write_text(text)
