"""What runs in the guests of a pair, in memory: files, keepalived, and who owns the vIP."""

import base64
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from fakes.machines import says
from observations import healthy_facts, printed
from vipprov.guest import daemonstate
from vipprov.guest.pair import Pair
from vipprov.hv.machine import Completed
from vipprov.pipelines import firstboot, guestfiles, livechange

Event = tuple[str, str]

OK = {"boot": says('{"v1": {"errors": []}}')}
FAILED = {"boot": says('{"v1": {"errors": ["no"]}}')}


class FakeGuests:
    """A script for FakeMachines. The first guest is MASTER.

    `events` tells, guest by guest, what was written, removed and done to services; one that
    `fails` says yes to ends with an error instead. keepalived is `frozen` in some of them.
    """

    def __init__(self, pair: Pair, *, fails: Callable[[Event], bool] = lambda _: False) -> None:
        self.pair = pair
        self.fails = fails
        self.files: dict[str, dict[PurePosixPath, str]] = {g.name: {} for g in pair.guests}
        self.events: list[Event] = []
        self.frozen: set[str] = set()

    def __call__(self, name: str, argv: Sequence[str], stdin: bytes) -> Completed:
        match tuple(argv):
            case ("sh", "-c", guestfiles.READ, _, *paths):
                return says("".join(self._read(name, path) for path in paths))
            case daemonstate.COMMAND:
                return says("T (stopped)" if name in self.frozen else "S (sleeping)")
            case ("sh", "-c", _, "vipprov-facts", *_):
                return says(printed(healthy_facts(self.pair, self.pair.guest(name))))
            case _:
                return self._changed(name, tuple(argv), stdin)

    def _changed(self, name: str, argv: tuple[str, ...], stdin: bytes) -> Completed:
        match argv:
            case ("sh", "-c", guestfiles.WRITE):
                return self._event(name, "write", lambda: self._write(name, stdin))
            case ("cat", firstboot.RESULT):
                return self._event(name, "boot")
            case ("rm", "-f", "--", *paths):
                return self._event(name, "remove", lambda: self._remove(name, paths))
            case livechange.THAW:
                return self._event(name, "thaw", lambda: self.frozen.discard(name))
            case ("systemctl", verb, "keepalived.service"):
                return self._event(name, verb)
            case _:
                return says()

    def _event(self, name: str, what: str, act: Callable[[], None] = lambda: None) -> Completed:
        self.events.append((name, what))
        if self.fails((name, what)):
            return FAILED.get(what, says(code=1, stderr="no"))
        act()
        return OK.get(what, says())

    def _read(self, name: str, path: str) -> str:
        content = self.files[name].get(PurePosixPath(path))
        return "" if content is None else f"{path} {base64.b64encode(content.encode()).decode()}\n"

    def _write(self, name: str, lines: bytes) -> None:
        for line in lines.decode().splitlines():
            _, path, content = line.split(" ")
            self.files[name][PurePosixPath(path)] = base64.b64decode(content).decode()

    def _remove(self, name: str, paths: Sequence[str]) -> None:
        for path in paths:
            self.files[name].pop(PurePosixPath(path), None)
