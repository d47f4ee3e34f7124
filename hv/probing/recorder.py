"""The recorder: starts a recording process on a socket, and reads what it writes down."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from vipprov.guest.errors import HypervisorError
from vipprov.hv.probing import orders, record
from vipprov.hv.probing.loop import LINGER
from vipprov.hv.probing.orders import Orders
from vipprov.hv.probing.record import Counted, Record

_PATIENCE = 5.0
_PIECE = 1 << 20


class Recorder:
    """A recording process and its records; they can be read while it works and after its end."""

    def __init__(self, process: subprocess.Popen[bytes], file: int) -> None:
        self.process = process.pid
        self._process, self._file = process, file
        self._read = 0
        self._stopped = False
        self._records: list[Record] = []

    def records(self) -> tuple[Record, ...]:
        """Return all that was written down before this call, in the order in which it was.

        What is added meanwhile is for the next call: a slow reader would never come to an end.
        """
        end = os.fstat(self._file).st_size
        while piece := os.pread(self._file, min(_PIECE, end - self._read), self._read):
            found, size = record.parse(piece)
            self._records.extend(found)
            self._read += size
            if not size:
                break
        return tuple(self._records)

    def stop(self) -> tuple[Record, ...]:
        """Let the process end once replies have had their time; return everything."""
        if self._stopped:
            return self.records()
        self._stopped = True
        try:
            _, said = self._process.communicate(timeout=LINGER + _PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            _, said = self._process.communicate()
        found = self.records()
        if not found or not isinstance(found[-1], Counted):
            raise HypervisorError(
                "A recording process died.", details=said.decode(errors="replace").strip()
            )
        return found


@contextmanager
def recording(wire: socket.socket, told: Orders) -> Iterator[Recorder]:
    """Record on this socket within the block. The process ends with us, however we end."""
    file = os.memfd_create("vipprov-records")
    try:
        with subprocess.Popen(
            _argv(wire.fileno(), file, told),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(wire.fileno(), file),
            start_new_session=True,  # an interrupt at the terminal is for us to act on
        ) as process:
            recorder = Recorder(process, file)
            try:
                yield recorder
            finally:
                process.kill()
    finally:
        os.close(file)


def _argv(wire: int, file: int, told: Orders) -> tuple[str, ...]:
    program = (sys.executable, "-m", "vipprov.hv.probing.loop")
    return (*program, str(wire), str(file), orders.dump(told))
