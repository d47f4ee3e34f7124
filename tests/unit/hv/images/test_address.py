import pytest

from vipprov.guest.errors import SpecError
from vipprov.hv.images import address


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/shadow", "ftp://a.example/b", "disk.qcow2", "https://", "https:///b"),
        *("https://[bad", "https://a.example:port/b", "https://a.example:70000/b"),
        *("https://a..example/b", "https://a.example/b c", " https://a.example/b"),
        *("https://a.example/b\n", "https://a.example/\u00fc"),
    ],
)
def test_what_is_no_address_is_said_before_anybody_is_asked(url: str) -> None:
    with pytest.raises(SpecError, match="no address of a file") as caught:
        address.check(url)
    assert "https://" in caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        *("https://me:secret@a.example/b", "https://me:sec/ret@a.example/b", "me:secret@a.example"),
        *("https://me:sec ret@a.example/b", "https://me:secret@[bad", "https://secret@a.example/b"),
        *("https://me:secret\n@a.example/b", "https://me:se@cret@a.example/b"),
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SpecError) as caught:
        address.check(url)
    said = f"{caught.value} {caught.value.details} {caught.value.hint}"
    assert "sec" not in said
    assert "cret" not in said


@pytest.mark.parametrize(
    "url", ["https://a.example/x@y.qcow2?v=1", "http://[::1]:8080/b", "HTTPS://A.example/b%20c"]
)
def test_an_address_is_one(url: str) -> None:
    address.check(url)
