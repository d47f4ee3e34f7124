"""Run by ssh, never by a person: hands ssh a socket that is connected to a guest's ssh server."""

import socket
import sys

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import VipprovError

SSH_PORT = 22
SECONDS = 10.0


def main() -> None:
    """Connect and pass the socket over standard output (ssh_config(5), ProxyUseFdpass)."""
    from vipprov.hv import registry

    hypervisor, name = sys.argv[1:]
    by = Deadline.after(SECONDS, clock=SystemClock())
    try:
        with (
            registry.connect(hypervisor, by=by) as opened,
            opened.machines.open_port(name, SSH_PORT, by=by) as wire,
            socket.socket(fileno=sys.stdout.fileno()) as ssh,
        ):
            socket.send_fds(ssh, [b"\0"], [wire.fileno()])
            ssh.detach()
    except VipprovError as error:
        told = (f"vipprov: {error}", *(f"  {one}" for one in (error.details, error.hint) if one))
        sys.stderr.write("\n".join((*told, "")))
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
