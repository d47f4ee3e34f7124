"""Guests as namespaces with a real keepalived each, on a bridge of this host."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from keepalived_members import Member
from vipprov.guest import render
from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.guest.pair import Pair
from vipprov.hv import entered
from vipprov.hv.machine import Completed
from vipprov.hv.portgroup import Kind, Port, PortGroup, PortSettings, PortState


@dataclass(frozen=True, slots=True)
class Segment:
    """A bridge and the members on it: what a look needs of a hypervisor."""

    bridge: str
    pair: Pair
    members: dict[str, Member]

    @property
    def machines(self) -> "Segment":
        return self

    @property
    def port_groups(self) -> "Segment":
        return self

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        member = self.members[name]
        if not Path(f"/proc/{member.pid}/ns/net").exists():
            raise GuestError(f"{name} cannot be entered.")
        try:
            done = subprocess.run(
                member.argv(argv),
                input=stdin,
                capture_output=True,
                check=False,
                timeout=by.remaining,
            )
        except subprocess.TimeoutExpired as error:
            raise DeadlineError(f"{name} did not answer.") from error
        return Completed(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        return entered.read(self, name, path, by=by)

    def show(self, name: str) -> PortGroup | None:
        return PortGroup(name=name, kind=Kind.BRIDGE, bridge=name, can_carry=Verdict.PASS)

    def ports(self, machine: str) -> tuple[Port, ...]:
        flags = Path("/sys/class/net") / self.device(machine) / "brport"
        if not flags.is_dir():
            return ()
        state = PortState(
            learning=(flags / "learning").read_text() == "1\n",
            flood=(flags / "unicast_flood").read_text() == "1\n",
            isolated=(flags / "isolated").read_text() == "1\n",
        )
        port = Port(
            machine=machine,
            mac=self.pair.guest(machine).mac,
            device=self.device(machine),
            port_group=self.bridge,
            bridge=self.bridge,
            kind=Kind.BRIDGE,
            configured=PortState(),
            in_force=state,
            settings=PortSettings(promiscuous=None, mac_changes=None, forged_transmits=None),
            passes=frozenset(),
            obstacles=(),
            can_carry=Verdict.PASS,
        )
        return (port,)

    def device(self, name: str) -> str:
        return f"{self.bridge}p{[*self.members].index(name)}"

    def start_all(self) -> None:
        for name in self.members:
            self.start(name)

    def owner(self) -> str | None:
        """Return the only guest that has the first vIP."""
        vip = str(self.pair.vip.addresses[0].ip)
        holding = [name for name, member in self.members.items() if member.holds(vip)]
        return holding[0] if len(holding) == 1 else None

    def start(self, name: str) -> None:
        member = self.members[name]
        member.write(render.configuration(self.pair, self.pair.guest(name)))
        member.start()

    def kill_keepalived(self, name: str) -> None:
        """Let keepalived die without a word; the kernel keeps what it was given."""
        parent = self.members[name].keepalived.pid
        # A parent that runs starts another child, and a child that outlives its parent steps down.
        os.kill(parent, signal.SIGSTOP)
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for process in (*map(int, children), parent):
            os.kill(process, signal.SIGKILL)

    def pull_the_plug(self, name: str) -> None:
        """Let the guest disappear without a word."""
        ip("link", "del", self.device(name))


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def segment(folder: Path, pair: Pair) -> Iterator[Segment]:
    """Yield the guests of the pair, plugged into a bridge, keepalived not yet started."""
    bridge = f"vpt{uuid4().hex[:8]}"
    with ExitStack() as undo:
        ip("link", "add", bridge, "type", "bridge")
        undo.callback(ip, "link", "del", bridge)
        Path(f"/proc/sys/net/ipv6/conf/{bridge}/disable_ipv6").write_text("1")
        ip("link", "set", bridge, "up")
        guests = tuple(replace(guest, port_group=bridge) for guest in pair.guests)
        made = Segment(bridge, replace(pair, guests=guests), {})
        for guest in guests:
            place = folder / guest.name
            place.mkdir()
            member = made.members[guest.name] = Member(guest.name, place)
            undo.callback(member.close)
            device = made.device(guest.name)
            ip(
                *("link", "add", device, "type", "veth"),
                *("peer", "name", "eth0", "address", guest.mac, "netns", str(member.pid)),
            )
            ip("link", "set", device, "master", bridge, "up")
            for address in guest.addresses:
                nodad = ("nodad",) if address.version == 6 else ()
                member.do("ip", "addr", "add", str(address), "dev", "eth0", *nodad)
            member.do("ip", "link", "set", "eth0", "up")
        yield made
