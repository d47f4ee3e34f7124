"""FRR's daemons of one leaf: started, and asked by vtysh."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.hv.fabric import evpninside, frrconf, frrprocess, vtep
from vipprov.hv.fabric.evpnspec import EvpnLab
from vipprov.hv.host import packages

PLACES = ("/usr/lib/frr", "/usr/libexec/frr", "/usr/sbin")
USER = "frr"


def demand() -> None:
    """Raise HypervisorError where FRR is not installed, or not to be used."""
    for name in ("zebra", "bgpd"):
        _program(name)
    if os.geteuid() != 0:
        raise HypervisorError("Only root can start FRR.", hint="Run it as root.")


def start(lab: EvpnLab, leaf: int, *, by: Deadline) -> None:
    """Start the daemons of a leaf; they have read their configuration when this returns."""
    folder = lab.folder_of(leaf)
    _furnish(lab.folder, folder)
    for name, text in (("zebra", frrconf.zebra(lab, leaf)), ("bgpd", frrconf.bgpd(lab, leaf))):
        _write(folder / f"{name}.conf", text)
        argv = [_program(name), "-d", *_arguments(name, folder)]
        vtep.enter(lab.vtep(leaf), partial(_run, argv, by=by))
    if lab.arp_snooping:
        pairs = [
            word
            for port in lab.ports
            if port.leaf == leaf
            for word in (port.inside, evpninside.bridge(port.vni))
        ]
        snoop = [sys.executable, "-P", "-m", frrprocess.SNOOPER, f"{folder}/", *pairs]
        vtep.enter(lab.vtep(leaf), partial(_detach, snoop, by=by))


def ask(lab: EvpnLab, leaf: int, commands: Sequence[str], *, by: Deadline) -> str:
    """Return what the leaf's daemons answer to these commands, one answer after the other."""
    folder = lab.folder_of(leaf)
    words = [word for command in commands for word in ("-c", command)]
    # Without a file of its own vtysh writes its history into the user's home.
    places = ("--vty_socket", folder, "--config_dir", folder, "--histfile", folder / "history")
    return _run(["vtysh", *map(str, places), *words], by=by)


def _furnish(*folders: Path) -> None:
    try:
        for folder in folders:
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)  # whatever the umask: FRR runs as a user of its own
            shutil.chown(folder, USER, USER)
        _write(folders[-1] / "vtysh.conf", "")
    except LookupError as error:
        raise _absent(f"there is no user {USER}") from error
    except PermissionError as error:
        raise HypervisorError(f"Could not write {folders[-1]}.", hint="Run it as root.") from error


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    shutil.chown(path, USER, USER)


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join(PLACES))
    if found is None:
        raise _absent(f"there is no program {name}")
    return found


def _absent(detail: str) -> HypervisorError:
    return HypervisorError("FRR is not installed.", details=detail, hint=packages.line("tool.bgpd"))


def _arguments(name: str, folder: Path) -> list[str]:
    port = {"zebra": ["-P", "0", "-s", "90000000"], "bgpd": ["-P", "0", "-p", "179"]}[name]
    files = ["-f", f"{folder}/{name}.conf", "-i", f"{folder}/{name}.pid"]
    return [*files, "-z", f"{folder}/zserv.api", "--vty_socket", str(folder), *port]


def _run(argv: Sequence[str], *, by: Deadline) -> str:
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=by.remaining,
        )
    except subprocess.TimeoutExpired as error:
        raise DeadlineError(f"{Path(argv[0]).name} did not answer in time.") from error
    except FileNotFoundError as error:
        raise _absent(f"there is no program {argv[0]}") from error
    if done.returncode != 0:
        said = (done.stderr + done.stdout).strip()
        raise HypervisorError(f"{Path(argv[0]).name} failed.", details=said)
    return done.stdout


def _detach(argv: Sequence[str], *, by: Deadline) -> None:
    # Nobody is left to wait for it, or to read what it says; FRR's -d does the same.
    subprocess.run(
        ["setsid", "--fork", *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=by.remaining,
    )
