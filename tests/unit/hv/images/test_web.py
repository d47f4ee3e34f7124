import errno
import ssl
from email.message import Message

import pytest

from fakes.site import Reply, Site
from vipprov.guest.errors import DeadlineError, HypervisorError, VipprovError
from vipprov.hv.images import web

URL = "https://a.example/disk.qcow2"


class Failing:
    """A body that cannot be read."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read1(self, _size: int, /) -> bytes:
        raise self.error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.EHOSTUNREACH, "No route to host"), web.BrokenOffError),
        (OSError(errno.ENETDOWN, "Network is down"), web.BrokenOffError),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), web.BrokenOffError),
        (ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]"), web.BrokenOffError),
        (TimeoutError("timed out"), DeadlineError),
    ],
    ids=["no route", "network down", "reset", "tls", "silence"],
)
def test_an_error_of_the_connection_is_never_the_disks(
    error: Exception, kind: type[VipprovError]
) -> None:
    answer = web.Answer(url=URL, status=200, headers=Message(), body=Failing(error))
    with pytest.raises(kind, match="disk") as caught:
        answer.read(1)
    assert "goes on where it was" in caught.value.hint


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.ETIMEDOUT, errno.EPIPE])
def test_an_error_of_the_disk_is_never_the_connections(number: int) -> None:
    error = OSError(number, "of the disk")
    reply = Reply(content=b"content")
    with Site(reply).serving() as site, pytest.raises(OSError, match="of the disk") as caught:
        read_and_raise(site.url, error)
    assert caught.value is error


def read_and_raise(url: str, error: Exception) -> None:
    with web.answer(url, stall=5) as answer:
        answer.read(1)
        raise error


@pytest.mark.parametrize("target", ["https://[bad", "http://a..example/b"])
def test_a_server_that_redirects_to_no_address_is_refused(target: str) -> None:
    with (
        Site(Reply(redirect=target)).serving() as site,
        pytest.raises(HypervisorError, match="redirects to no address"),
        web.answer(site.url, stall=5),
    ):
        pass
