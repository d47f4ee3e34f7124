"""Split horizon: a leaf hands no frame back into the fabric that came to it from there.

Leafs hear of a move apart from each other. A probe that reaches the old owner's leaf when that has
heard and the sender's leaf has not came out of a tunnel and would have to go into another one.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from vipprov.hv.fabric import evpninside
from vipprov.hv.fabric.evpnspec import FIRST_VNI

TUNNEL = evpninside.vxlan(FIRST_VNI)
COUNTS, LOOPS = "vipprov-test-counts", "vipprov-test-loops"


@dataclass(frozen=True, slots=True)
class Tunnels:
    """The leafs' ends of the tunnels, and what comes out of them for one MAC."""

    namespaces: tuple[str, ...]

    @property
    def held_back(self) -> int:
        """How many probes came out of a tunnel so far and were passed on nowhere."""
        return sum(
            self._counted(one, "came") - self._counted(one, "passed") for one in self.namespaces
        )

    def _counted(self, namespace: str, name: str) -> int:
        told = json.loads(_run(namespace, "nft", "-j", "list", "counter", "bridge", COUNTS, name))
        return next(int(one["counter"]["packets"]) for one in told["nftables"] if "counter" in one)


@contextmanager
def counted(namespaces: Sequence[str], mac: str) -> Iterator[Tunnels]:
    """Have the kernel of each leaf count the probes for this MAC that come out of a tunnel."""
    probe = f'iifname "{TUNNEL}" ether daddr {mac} icmp type echo-request'
    rules = f"""
        table bridge {COUNTS} {{
            counter came {{ }}
            counter passed {{ }}
            chain entry {{ type filter hook prerouting priority -300; {probe} counter name came; }}
            chain exit {{ type filter hook forward priority 300; {probe} counter name passed; }}
        }}"""
    with ExitStack() as undo:
        for namespace in namespaces:
            _table(namespace, rules, COUNTS, undo)
        yield Tunnels(tuple(namespaces))


def kept(_namespaces: Sequence[str]) -> AbstractContextManager[None]:
    """Leave the leafs as the lab makes them."""
    return nullcontext()


@contextmanager
def lifted(namespaces: Sequence[str]) -> Iterator[None]:
    """Have the leafs pass a frame on to the leaf to which its MAC has gone.

    RFC 7432 forbids it for unknown MACs alone (section 12); some switches have the rule as an
    option. What is for several, or for nobody known, would go round for ever: it stays forbidden.
    """
    several = "ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00"
    through = f'iifname "{TUNNEL}" oifname "{TUNNEL}"'
    rules = f"""
        table bridge {LOOPS} {{
            chain exit {{ type filter hook forward priority 0; {through} {several} drop; }}
        }}"""
    with ExitStack() as undo:
        for namespace in namespaces:
            _table(namespace, rules, LOOPS, undo)
            # In this order, and back in the other: without both of these a frame goes round.
            for setting, now, then in (("flood", "off", "on"), ("hairpin", "on", "off")):
                port = (namespace, "bridge", "link", "set", "dev", TUNNEL, setting)
                _run(*port, now)
                undo.callback(_run, *port, then)
        yield


def _table(namespace: str, rules: str, name: str, undo: ExitStack) -> None:
    _run(namespace, "nft", "-f", "-", told=rules)
    undo.callback(_run, namespace, "nft", "delete", "table", "bridge", name)


def _run(namespace: str, *argv: str, told: str = "") -> str:
    command = ("ip", "netns", "exec", namespace, *argv)
    return subprocess.run(command, input=told, check=True, capture_output=True, text=True).stdout
