"""Files into and out of a guest: vSphere says where, and HTTP carries them."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from pyVmomi import vim

from vipprov.guest.errors import GuestError
from vipprov.hv.vsphere.session import Session

SECONDS = 30.0
_OK = (200, 201)
_PRIVATE = 0o600
Login = tuple[Any, Any]
"""A machine, and who logs in to its guest."""


@contextmanager
def heard(name: str) -> Iterator[None]:
    """Raise the guest's error where VMware Tools do not answer, or not to us."""
    try:
        yield
    except vim.fault.InvalidPowerState as fault:
        raise GuestError(
            f"{name} is not running.", hint="`vipprov vm create` starts it."
        ) from fault
    except vim.fault.InvalidGuestLogin as fault:
        raise GuestError(
            f"{name} does not let root in.",
            hint="Does `password:` still refer to the password that the guest was made with?",
        ) from fault
    except vim.fault.FileNotFound as fault:
        raise GuestError(f"A command in {name} ended without leaving its answer.") from fault
    except vim.fault.GuestOperationsFault as fault:
        raise GuestError(
            f"VMware Tools do not answer in {name}.", details=type(fault).__name__
        ) from fault


def put(session: Session, files: Any, login: Login, path: str, content: bytes) -> None:  # noqa: ANN401
    """Write a file that only root may read."""
    machine, auth = login
    attributes = vim.vm.guest.FileManager.PosixFileAttributes(permissions=_PRIVATE)

    def act() -> None:
        with heard("the guest"):
            url = files.InitiateFileTransferToGuest(
                machine,
                auth,
                path,
                attributes,
                len(content),
                True,  # noqa: FBT003
            )
        _ask(session, "PUT", url, content)

    session.call("hand a file to the guest", act)


def get(session: Session, files: Any, login: Login, path: str, *, name: str) -> bytes:  # noqa: ANN401
    """Return what is in a file, which is removed."""
    machine, auth = login

    def act() -> bytes:
        with heard(name):
            found = files.InitiateFileTransferFromGuest(machine, auth, path)
            content = _ask(session, "GET", found.url)
            files.DeleteFileInGuest(machine, auth, path)
        return content

    return session.call("fetch a file from the guest", act)


def _ask(session: Session, method: str, url: str, content: bytes | None = None) -> bytes:
    """Send one request; a `*` in place of the host is the server that told us the address."""
    parts = urlsplit(url.replace("//*", f"//{session.access.host}:{session.access.port}", 1))
    connection = HTTPSConnection(
        parts.hostname or "", parts.port, context=session.context, timeout=SECONDS
    )
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, content)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status not in _OK:
        raise HTTPException(f"{answer.status} {answer.reason}")
    return text
