"""What zebra and bgpd of a leaf are told. Pure text."""

from datetime import timedelta

from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnspec import EvpnLab, underlay

AS_NUMBER = 65000
# Long enough for a machine with every core busy; a fail-over in the overlay does not wait for it.
KEEPALIVE, HOLD = 3, 9


def zebra(lab: EvpnLab, leaf: int) -> str:
    """Return zebra.conf of a leaf."""
    return _lines(_head(lab, leaf, "zebra"))


def bgpd(lab: EvpnLab, leaf: int) -> str:
    """Return bgpd.conf of a leaf: iBGP to all others, all VNIs advertised."""
    others = [underlay(other) for other in lab.numbers if other != leaf]
    return _lines(
        [
            *_head(lab, leaf, "bgpd"),
            f"router bgp {AS_NUMBER}",
            f" bgp router-id {underlay(leaf)}",
            " no bgp default ipv4-unicast",
            " neighbor fabric peer-group",
            f" neighbor fabric remote-as {AS_NUMBER}",
            f" neighbor fabric timers {KEEPALIVE} {HOLD}",
            " neighbor fabric timers connect 1",
            *(f" neighbor {other} peer-group fabric" for other in others),
            " address-family l2vpn evpn",
            "  neighbor fabric activate",
            "  advertise-all-vni",
            *_detection(lab.duplicates),
            " exit-address-family",
        ]
    )


def _head(lab: EvpnLab, leaf: int, daemon: str) -> list[str]:
    log = lab.folder / f"vtep{leaf}" / f"{daemon}.log"
    return [f"hostname {lab.prefix}leaf{leaf}", f"log file {log} informational"]


def _detection(duplicates: Duplicates | None) -> list[str]:
    if duplicates is None:
        return ["  no dup-addr-detection"]
    second = timedelta(seconds=1)
    window = f"max-moves {duplicates.moves} time {duplicates.window // second}"
    lines = [f"  dup-addr-detection {window}"]
    if duplicates.freeze is not None:
        lines.append(f"  dup-addr-detection freeze {duplicates.freeze // second}")
    return lines


def _lines(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
