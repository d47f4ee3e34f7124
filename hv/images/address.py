"""Addresses of files on the web, checked before anybody is asked."""

import re
from urllib.parse import urlsplit

from vipprov.guest.errors import SpecError

PRINTABLE = re.compile(r"[!-~]+")
# In any text, however malformed: what may be a name and a password is not repeated.
LOGIN = re.compile(r"^([\w+.-]+://)?.*@", re.DOTALL)


def check(url: str) -> None:
    """Raise SpecError for what is no address of a file that anybody may read."""
    shown = LOGIN.sub(r"\1…@", url)
    if not PRINTABLE.fullmatch(url) or not _is_whole(url):
        raise SpecError(
            f"{shown} is no address of a file.",
            hint="Use https://…; spaces and letters beyond ASCII are written as %20 and the like.",
        )
    if urlsplit(url).username is not None:
        raise SpecError(
            f"{shown} names a user, and vipprov logs in nowhere.",
            hint="Use an address that needs no password; download a file behind one yourself.",
        )


def _is_whole(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:  # where the host's name or the port is none
        return False
    return parts.scheme in ("http", "https") and host != b"" and port != 0
