"""Echo: pings from inside a guest, all by one program."""

from collections.abc import Sequence

from vipprov.guest import program
from vipprov.guest.errors import GuestError
from vipprov.guest.observation import EchoResult
from vipprov.guest.pair import Address

REQUESTS = 3


def command(targets: Sequence[Address], *, seconds: float) -> tuple[str, ...]:
    """Return the argument list that pings the targets from the guest, one after the other."""
    return program.command("echo", *_arguments(targets, seconds))


def words(targets: Sequence[Address], *, seconds: float) -> tuple[str, ...]:
    """Return the same as the words of a program, to be run beside something else."""
    return program.words("echo", *_arguments(targets, seconds))


def parse(targets: Sequence[Address], text: str) -> tuple[EchoResult, ...]:
    """Return what the command printed, or raise GuestError."""
    begun, *lines = text.splitlines() or [""]
    mute = GuestError("The guest could not ping.", details=text)
    if begun != "begun" or len(lines) != len(targets):
        raise mute
    try:
        counts = [tuple(map(int, line.split())) for line in lines]
        return tuple(
            EchoResult(target=target, sent=sent, received=received)
            for target, (sent, received) in zip(targets, counts, strict=True)
        )
    except ValueError as error:
        raise mute from error


def _arguments(targets: Sequence[Address], seconds: float) -> tuple[str, ...]:
    return (str(REQUESTS), f"{seconds:.3f}", *map(str, targets))
