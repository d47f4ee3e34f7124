"""Wait, at every boot, until the NIC's own addresses can be used.

An IPv6 address is tentative for a second after it was given (RFC 4862 §5.4). keepalived that
starts within that second cannot bind to it, enters FAULT and stays there (seen with 2.2.7).
"""

from vipprov.guest.pair import Guest, Pair

# Tenths of a second for all addresses together; then the boot goes on, and the proof will tell.
PATIENCE = 100

_SCRIPT = """\
link=$1 left=$2
shift 2
for address in "$@"; do
    until ip -o address show dev "$link" -tentative to "$address" 2>/dev/null | grep -q .; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || exit 0
        sleep 0.1
    done
done"""


def await_usable(pair: Pair, guest: Guest) -> tuple[str, ...]:
    """Return the command that ends once this guest's addresses are usable, or never will be."""
    addresses = (str(address.ip) for address in guest.addresses)
    return ("sh", "-c", _SCRIPT, "sh", pair.interface, str(PATIENCE), *addresses)
