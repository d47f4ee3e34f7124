"""A way to this machine's package archives for guests that have none: an HTTP proxy on a leaf."""

import select
import shutil
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from lab.client import plugged
from vipprov.hv import namespace
from vipprov.hv.images import sources

PORT = 3128
PATIENCE = 60.0
# What apt asks for a file with, and what it wants to know of it.
ASKED = ("If-Modified-Since", "Range", "If-Range", "Cache-Control", "User-Agent")
TOLD = ("Content-Length", "Content-Range", "Content-Type", "Last-Modified", "ETag")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The proxy's address, and the packages that were fetched through it."""

    url: str
    fetched: list[str] = field(default_factory=list)

    def gave(self, package: str) -> int:
        """Return how often a file of this package was fetched."""
        return sum(path.rpartition("/")[2].startswith(f"{package}_") for path in self.fetched)


@contextmanager
def offered(bridge: str, address: str) -> Iterator[Archive]:
    """Yield an archive at this address of the bridge's; nothing of it is left afterwards.

    It listens in a namespace of its own, and asks from this machine: the guests reach nothing else.
    """
    host = address.partition("/")[0]
    archive = Archive(url=f"http://{host}:{PORT}")
    with plugged(bridge, address) as place:
        listening = namespace.within(
            Path("/run/netns", place.namespace), lambda: socket.create_server((host, PORT))
        )
        with _Server(listening, archive) as server:
            serving = threading.Thread(target=server.serve_forever)
            serving.start()
            try:
                yield archive
            finally:
                server.shutdown()
                serving.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listening: socket.socket, archive: Archive) -> None:
        super().__init__(listening.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.archive = archive
        self.hosts = {
            urlsplit(uri).hostname for one in sources.read(sources.APT) for uri in one.uris
        }

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a guest that hangs up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        headers = {name: self.headers[name] for name in ASKED if name in self.headers}
        if urlsplit(self.path).hostname not in self.server.hosts:
            self.send_error(403)
            return
        self.server.archive.fetched.append(self.path)
        request = urllib.request.Request(self.path, headers=headers)  # noqa: S310  a host of ours
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  as above
                self._pass_on(answer.status, answer)
        except urllib.error.HTTPError as answer:
            self._pass_on(answer.code, answer)

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if host not in self.server.hosts:
            self.send_error(403)
            return
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as far:
            self.send_response(200)
            self.end_headers()
            _join(self.connection, far)
        self.close_connection = True

    def _pass_on(self, status: int, answer: HTTPResponse | urllib.error.HTTPError) -> None:
        self.send_response(status)
        for name in TOLD:
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        if "Content-Length" not in answer.headers:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        shutil.copyfileobj(answer, self.wfile)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  its own name
        """Leave it to the tests what is said."""


def _join(near: socket.socket, far: socket.socket) -> None:
    """Pass bytes both ways until one side has no more."""
    other = {near: far, far: near}
    while True:
        for one in select.select(list(other), [], [], PATIENCE)[0]:
            said = one.recv(1 << 16)
            if not said:
                return
            other[one].sendall(said)
