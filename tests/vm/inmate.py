"""What runs in a VM in place of its init: sends and hears frames for whoever asks by serial line.

It is told one JSON document a line, and answers with one. Python's own library is all that it has.
"""

import json
import os
import select
import socket
import subprocess
import tty
from pathlib import Path
from typing import IO

LINE = "/dev/ttyS1"
ETH_P_ALL = 3
NETWORK = Path("/sys/class/net")


def run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def prepare(vmac: str) -> list[str]:
    """Return the NICs in the order of their slots, each with a private macvlan as keepalived's."""
    run("mount", "-t", "proc", "none", "/proc")
    run("mount", "-t", "sysfs", "none", "/sys")
    run("modprobe", "-a", "virtio_net", "macvlan")
    paths = sorted(NETWORK.glob("eth*"), key=lambda path: (path / "device").resolve())
    for key in ("all", "default"):
        Path(f"/proc/sys/net/ipv6/conf/{key}/disable_ipv6").write_text("1")
    for number, path in enumerate(paths):
        kind = ("type", "macvlan", "mode", "private")
        run("ip", "link", "set", path.name, "up")
        run("ip", "link", "add", "link", path.name, "address", vmac, "name", f"v{number}", *kind)
        run("ip", "link", "set", f"v{number}", "up")
    return [path.name for path in paths]


def opened(name: str) -> socket.socket:
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    raw.bind((name, ETH_P_ALL))
    return raw


def heard(raw: socket.socket, last: bytes, patience: float) -> list[str] | None:
    """Return the frames that arrive before this one, or None where it does not come."""
    frames: list[str] = []
    while select.select([raw], [], [], patience)[0]:
        frame = raw.recv(2048)
        if frame[: len(last)] == last:
            return frames
        frames.append(frame.hex())
    return None


def greeted(lines: IO[bytes]) -> str:
    """Return the vMAC that the greeting names; the first one may come in pieces."""
    while True:
        line = lines.readline()
        if line.startswith(b'{"vmac"'):
            return str(json.loads(line)["vmac"])


def asked(lines: IO[bytes]) -> dict[str, object]:
    """Return the next question; greetings are repeated until one is answered."""
    while "do" not in (question := json.loads(lines.readline())):
        pass
    return dict(question)


def answer(question: dict[str, object], sockets: list[socket.socket]) -> dict[str, object]:
    match question:
        case {"do": "send", "nic": int(nic), "frames": list(frames)}:
            for frame in frames:
                sockets[nic].send(bytes.fromhex(frame))
            return {}
        case {"do": "until", "nic": int(nic), "last": str(last), "patience": float(patience)}:
            return {"frames": heard(sockets[nic], bytes.fromhex(last), patience)}
        case {"do": "run", "argv": list(argv)}:
            return {"out": run(*argv)}
        case _:
            return {"error": f"not understood: {question}"}


def serve() -> None:
    line = os.open(LINE, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line)
    with os.fdopen(line, "wb", buffering=0) as wire, os.fdopen(os.dup(line), "rb") as lines:
        nics = prepare(greeted(lines))
        sockets = [opened(name) for name in nics]
        wire.write(json.dumps({"nics": nics}).encode() + b"\n")
        while True:
            reply = answer(asked(lines), sockets)
            wire.write(json.dumps(reply).encode() + b"\n")


if __name__ == "__main__":
    serve()
