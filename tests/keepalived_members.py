"""Real keepalived in namespaces that are gone when their processes are: members on one switch."""

import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vipprov.guest.configuration import Configuration
from vipprov.guest.deadline import Deadline, SystemClock

# Private file systems over what the configuration writes to. Script security refuses the sticky,
# world-writable root that a tmpfs has by default.
_PRIVATE = ("/usr/libexec", "/etc/keepalived", "/etc/sysctl.d", "/etc/systemd/system", "/run")
_HOLD = "".join(f"mount -t tmpfs -o mode=755 none {path}\n" for path in _PRIVATE)
_EVENT = re.compile(r"^\[([^]]+)\] (Deleted )?\d+: (\S+)\s+inet6? ([0-9a-f.:]+)/", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A moment at which an address came to an interface or left it."""

    at: datetime
    address: str
    added: bool


class Member:
    """A network and mount namespace, and the keepalived in it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._children: list[subprocess.Popen[bytes]] = []
        script = f"set -e\n{_HOLD}ip link set lo up\necho ready\nexec sleep infinity"
        holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-c", script], stdout=subprocess.PIPE
        )
        self._children.append(holder)
        self.pid = holder.pid
        if holder.stdout is None or holder.stdout.readline() != b"ready\n":
            raise RuntimeError(f"No namespace for {name}.")

    def argv(self, command: Sequence[str]) -> list[str]:
        return ["nsenter", "-t", str(self.pid), "--net", "--mount", *command]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.argv(command), capture_output=True, text=True, check=False)

    def do(self, *command: str) -> str:
        done = self.run(*command)
        assert done.returncode == 0, (self.name, command, done.stdout, done.stderr)
        return done.stdout

    def spawn(self, log: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a program whose output goes to this log."""
        with (self.folder / log).open("ab") as out:
            child = subprocess.Popen(self.argv(command), stdout=out, stderr=subprocess.STDOUT)
        self._children.append(child)
        return child

    def path(self, path: object) -> Path:
        """Return where the tests see a path of the member."""
        return Path(f"/proc/{self.pid}/root{path}")

    def write(self, configuration: Configuration) -> None:
        for file in configuration.files:
            if str(file.path).startswith(_PRIVATE):
                place = self.path(file.path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(file.content)
                place.chmod(file.mode)

    def start(self) -> None:
        """Start keepalived as its unit does, and record the addresses that come and go."""
        if not (self.folder / "addresses").exists():
            self.spawn("addresses", "ip", "-ts", "monitor", "address", "label")
        self.keepalived = self.spawn("keepalived", "keepalived", "--dont-fork", "-l", "-D", "-P")

    def reload(self) -> None:
        self.keepalived.send_signal(signal.SIGHUP)

    def stop_keepalived(self) -> None:
        self.keepalived.terminate()
        self.keepalived.wait(timeout=10)

    def log(self) -> str:
        return (self.folder / "keepalived").read_text()

    def events(self, address: str) -> tuple[Event, ...]:
        text = (self.folder / "addresses").read_text().replace("[ADDR]", "")
        found = (
            Event(
                at=datetime.fromisoformat(stamp).replace(tzinfo=UTC),
                address=where,
                added=not deleted,
            )
            for stamp, deleted, _link, where in _EVENT.findall(text)
        )
        return tuple(event for event in found if event.address == address)

    def holds(self, address: str) -> bool:
        return f" {address}/" in self.do("ip", "-o", "addr")

    def role(self, instance: str) -> str | None:
        """Return the role that the notify script last wrote down."""
        place = self.path(f"/run/vipprov/role/{instance}")
        return place.read_text().split()[0] if place.exists() else None

    def await_role(self, instance: str, role: str) -> None:
        until().poll(lambda: self.role(instance) == role or None, what=f"{self.name} as {role}")

    def close(self) -> None:
        """End what was started; the kernel takes the namespaces back with the last of it."""
        for child in reversed(self._children):
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


@contextmanager
def members(folder: Path, addresses: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Member]]:
    """Yield a member per name, each with an eth0 that has these addresses, on one switch."""
    with ExitStack() as undo:
        switch = _member("switch", folder, undo)
        switch.do("ip", "link", "add", "br0", "type", "bridge")
        switch.do("ip", "link", "set", "br0", "up")
        made = {name: _member(name, folder, undo) for name in addresses}
        for name, member in made.items():
            switch.do(
                *("ip", "link", "add", f"p-{name}", "type", "veth"),
                *("peer", "name", "eth0", "netns", str(member.pid)),
            )
            switch.do("ip", "link", "set", f"p-{name}", "master", "br0", "up")
            for address in addresses[name]:
                nodad = ("nodad",) if ":" in address else ()
                member.do("ip", "addr", "add", address, "dev", "eth0", *nodad)
            member.do("ip", "link", "set", "eth0", "up")
        yield made


def until(seconds: float = 15) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


def _member(name: str, folder: Path, undo: ExitStack) -> Member:
    place = folder / name
    place.mkdir()
    member = Member(name, place)
    undo.callback(member.close)
    return member
