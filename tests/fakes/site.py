"""A web site on the loopback interface that serves one file as badly as it is told to."""

import os
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How one request is answered. `cut` ends the body there, `stalls` waits there for the end.

    `garbles` sends there what is no TLS.
    """

    content: bytes = b""
    etag: str = ""
    ranges: bool = True
    cut: int | None = None
    stalls: bool = False
    garbles: bool = False
    claims: int | None = None
    chunked: bool = False
    redirect: str = ""
    status: int = 200
    shift: int = 0


class Site:
    """Answers each request with the next reply, and the last one again and again."""

    def __init__(self, *replies: Reply, by_path: dict[str, bytes] | None = None) -> None:
        self.replies: Sequence[Reply] = replies
        self.by_path = by_path or {}
        self.asked: list[Message] = []
        self.over = threading.Event()
        self.url = ""

    def reply(self, path: str, headers: Message) -> Reply:
        """Return what this request gets."""
        if path in self.by_path:
            return Reply(content=self.by_path[path])
        if not self.replies:
            return Reply(status=404)
        self.asked.append(headers)
        return self.replies[min(len(self.asked), len(self.replies)) - 1]

    @contextmanager
    def serving(self, tls: ssl.SSLContext | None = None) -> Iterator[Self]:
        """Serve while the block runs."""
        site: Site = self

        class Handler(_Handler):
            the_site = site

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            if tls is not None:
                server.socket = tls.wrap_socket(server.socket, server_side=True)
            scheme = "http" if tls is None else "https"
            self.url = f"{scheme}://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield self
            finally:
                self.over.set()
                server.shutdown()
                thread.join()


class _Handler(BaseHTTPRequestHandler):
    the_site: Site

    def do_GET(self) -> None:
        site = self.the_site
        reply = site.reply(self.path, self.headers)
        if reply.redirect:
            self.send_response(302)
            self.send_header("Location", reply.redirect)
            self.end_headers()
            return
        start = self._start(reply)
        body = reply.content[start + reply.shift :]
        if start and start >= len(reply.content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(reply.content)}")
            self.end_headers()
            return
        self.send_response(206 if start else reply.status)
        if start:
            first, size = start + reply.shift, len(reply.content)
            self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
        if reply.etag:
            self.send_header("ETag", reply.etag)
        if not reply.chunked:
            length = len(body) if reply.claims is None else reply.claims - start
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body if reply.cut is None else body[: max(0, reply.cut - start)])
        if reply.garbles:
            os.write(self.connection.fileno(), b"no TLS" * 9)
        if reply.stalls:
            self.wfile.flush()
            site.over.wait(10)

    def _start(self, reply: Reply) -> int:
        wanted = self.headers.get("Range", "")
        same = self.headers.get("If-Range", reply.etag) == reply.etag
        return int(wanted[len("bytes=") : -1]) if wanted and same and reply.ranges else 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Say nothing."""
