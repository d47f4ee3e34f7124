"""Reads files over HTTPS, where certificates are checked, and over HTTP if that was asked for.

Python's own client: it is there for as long as Python is, and uses the machine's certificates and
proxies. SSL_CERT_FILE names other certificates.
"""

import http.client
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import IO, Protocol
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from vipprov.guest.errors import (
    DeadlineError,
    HypervisorError,
    MissingError,
    VipprovError,
)
from vipprov.hv.images import address

AGENT = "vipprov"
ANSWERS = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
HINT = "Look at network, DNS and proxy; run it again, and it goes on where it was."


class Body(Protocol):
    """What is read piece by piece."""

    def read1(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered: its status, its headers, and the content to be read."""

    url: str
    status: int
    headers: Message
    body: Body

    def read(self, size: int) -> bytes:
        """Return the next piece, or nothing at the end; errors of the connection become ours."""
        with _translated(self.url):
            return self.body.read1(size)


class BrokenOffError(HypervisorError):
    """The connection ended too early; what came so far is good."""


class _NoDowngrade(request.HTTPRedirectHandler):
    """Follows redirections, but never from HTTPS to what anybody on the way can change."""

    def redirect_request(
        self,
        req: request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> request.Request | None:
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            fp.close()
            raise HypervisorError(
                f"{req.full_url} redirects to {newurl}, which is not encrypted.",
                hint="Name a mirror that serves HTTPS by its own address.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextmanager
def answer(url: str, *, stall: float, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
    """Yield the server's answer; what the block itself raises is left alone.

    `stall` is the number of seconds without a byte that is taken for a dead connection. Status 416
    (a range behind the file's end) is an answer like any other.
    """
    address.check(url)
    asked = request.Request(  # noqa: S310  the line above lets no file:// in
        url, headers={"User-Agent": AGENT, "Accept-Encoding": "identity", **(headers or {})}
    )
    with _translated(url):
        try:
            response = _opener().open(asked, timeout=stall)
        except HTTPError as error:
            response = error
        except ValueError as error:
            raise HypervisorError(f"{url} redirects to no address.", details=str(error)) from error
    with response:
        if response.status not in ANSWERS:
            raise _refused(url, response.status, response.reason)
        yield Answer(url=url, status=response.status, headers=response.headers, body=response)


def _opener() -> request.OpenerDirector:
    """Return a client without urllib's handlers of files, FTP and passwords."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(context=ssl.create_default_context()),
        _NoDowngrade(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise DeadlineError(f"The server stopped sending {url}.", hint=HINT) from error
    except URLError as error:
        raise _unreachable(url, error.reason) from error
    except (http.client.HTTPException, OSError) as error:
        raise BrokenOffError(
            f"The connection broke off while reading {url}.", details=repr(error), hint=HINT
        ) from error


def _refused(url: str, status: int, reason: str) -> VipprovError:
    kind = MissingError if status in GONE else HypervisorError
    return kind(f"The server refused {url}.", details=f"{status} {reason}")


def _unreachable(url: str, reason: object) -> VipprovError:
    if isinstance(reason, TimeoutError):
        return DeadlineError(f"The server does not answer: {url}.", hint=HINT)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return HypervisorError(
            f"The server of {url} cannot prove who it is.",
            details=reason.verify_message,
            hint="Install ca-certificates; SSL_CERT_FILE names a file of certificates of your own.",
        )
    return HypervisorError(f"{url} cannot be reached.", details=str(reason), hint=HINT)
