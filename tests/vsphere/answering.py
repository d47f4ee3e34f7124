"""Who answers for the guests of pairs: this process, for guest.sh, which the simulator starts."""

import functools
import shlex
import socketserver
import threading
from pathlib import Path
from typing import cast

from vipprov.hv.vsphere import guestwords
from vsphere import acted

SHELL = Path(__file__).with_name("guest.sh")
_END = b"\0\0"
_ONE_BY_ONE = threading.Lock()


def program(path: Path) -> list[str]:
    """Return what the simulator starts for guests that are those of this pair file."""
    return [str(SHELL), str(_port()), str(path)]


def answer(path: str, name: str, disk: str, program: str, arguments: str) -> int:
    """Answer for one program that was started in a guest; return how it ends."""
    words = shlex.split(arguments)
    flag, wrapper, _, at, _, *argv = words
    if (program, flag, wrapper) != ("/bin/sh", "-c", guestwords.WRAPPER):
        return 127
    place = Path(disk) / at.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    given = place.with_name(f"{place.name}.in")
    stdin = given.read_bytes() if given.exists() else b""
    with _ONE_BY_ONE:  # each reads the guest's files and writes them again
        done = acted.act(Path(path), name, Path(disk), argv, stdin)
    head = f"{done.code} {len(done.stdout)}\n".encode()
    place.with_name(f"{place.name}.done").write_bytes(head + done.stdout + done.stderr)
    return 0


class _Asked(socketserver.StreamRequestHandler):
    """One program in a guest."""

    def handle(self) -> None:
        text = b""
        while not text.endswith(_END):
            part = self.connection.recv(1 << 16)
            if not part:
                return
            text += part
        path, name, disk, started, arguments = text.removesuffix(_END).decode().split("\0")
        self.wfile.write(b"%d\n" % answer(path, name, disk, started, arguments))


@functools.cache
def _port() -> int:
    """Return where this process answers, from the first question to its end."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Asked)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return cast("tuple[str, int]", server.server_address)[1]
