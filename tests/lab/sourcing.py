"""Send one frame from a container's NIC under any source MAC. Run inside its network namespace."""

import socket
import sys

EXPERIMENTAL = b"\x88\xb5"  # IEEE 802 local experimental EtherType 1: nobody else speaks it
BROADCAST = b"\xff" * 6


def main() -> None:
    """Send a broadcast frame with this source MAC and this text."""
    source, text = sys.argv[1:]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(("eth0", 0))
        wire.send(BROADCAST + bytes.fromhex(source.replace(":", "")) + EXPERIMENTAL + text.encode())


if __name__ == "__main__":
    main()
