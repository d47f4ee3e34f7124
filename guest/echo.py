"""Echo: a ping from inside a guest."""

from vipprov.guest import program
from vipprov.guest.errors import GuestError
from vipprov.guest.observation import EchoResult
from vipprov.guest.pair import Address

REQUESTS = 3


def command(target: Address, *, seconds: float) -> tuple[str, ...]:
    """Return the argument list that pings the target from the guest."""
    return program.command(
        "echo", str(target.version), str(target), str(REQUESTS), f"{seconds:.3f}"
    )


def parse(target: Address, text: str) -> EchoResult:
    """Return what the command printed, or raise GuestError."""
    try:
        sent, received = map(int, text.split())
    except ValueError as error:
        raise GuestError("The guest could not ping.", details=text) from error
    return EchoResult(target=target, sent=sent, received=received)
