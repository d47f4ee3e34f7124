"""Look into containers and at their processes from the outside, without vipprov."""

import os
import signal
import subprocess
from pathlib import Path

Failed = subprocess.CalledProcessError
VIRSH = ("virsh", "-q", "-c", "lxc:///system")


def virsh(*arguments: str) -> str:
    return subprocess.run(
        [*VIRSH, *arguments], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


def init(name: str) -> int:
    """Return the process id of the container's init."""
    controller = virsh("domid", name)
    return int(Path(f"/proc/{controller}/task/{controller}/children").read_text().split()[0])


def inside(name: str, script: str) -> str:
    """Return what a shell script prints in the container."""
    enter = ["nsenter", "-t", str(init(name)), "-m", "-u", "-i", "-n", "-p", "-C"]
    return subprocess.run(
        [*enter, "sh", "-c", script], check=True, capture_output=True, text=True, timeout=60
    ).stdout


def holds(name: str, address: str) -> bool:
    """Say whether the container has this address on an interface."""
    try:
        return f" {address}/" in inside(name, "ip -o address")
    except (subprocess.SubprocessError, OSError, IndexError):
        return False


def kill(name: str) -> None:
    """Let the container die without a word."""
    os.kill(init(name), signal.SIGKILL)
