"""What a maker publishes is believed over TLS, and with a signature where there is a key."""

import hashlib
import ssl
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.site import Reply, Site
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import HypervisorError
from vipprov.hv.images import pull
from vipprov.hv.images.image import Image
from vipprov.hv.images.signature import Keys
from vipprov.hv.images.source import Published, Source

pytestmark = pytest.mark.real

DISK = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 10 << 30).ljust(1 << 16, b"\0")
SUMS = f"{hashlib.sha256(DISK).hexdigest()} *disk.img\n".encode()
FORGED = f"{hashlib.sha256(b'forged').hexdigest()} *disk.img\n".encode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate of this machine's loopback address, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", path),
        ],
        check=True,
        capture_output=True,
    )
    return path


class Maker:
    """Somebody who signs: a key, and gpg to use it with."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(mode=0o700)
        self._gpg("--quick-gen-key", "maker@example.org", "ed25519", "sign", "never")
        self.keyring = home / "maker.gpg"
        self.keyring.write_bytes(self._gpg("--export"))
        self.text_keyring = home / "RPM-GPG-KEY-maker"
        self.text_keyring.write_bytes(self._gpg("--export", "--armor"))

    def sign(self, content: bytes, how: str) -> bytes:
        return self._gpg(how, "--output", "-", stdin=content)

    def end(self) -> None:
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=True)

    def _gpg(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return subprocess.run(
            ["gpg", "--homedir", self.home, "--batch", "--passphrase", "", *arguments],
            check=True,
            capture_output=True,
            input=stdin,
        ).stdout


@pytest.fixture(scope="module")
def makers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Maker, Maker]]:
    folder = tmp_path_factory.mktemp("keys")
    both = Maker(folder / "one"), Maker(folder / "two")
    yield both
    for maker in both:
        maker.end()


@pytest.fixture
def site(certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve the disk over TLS to whoever trusts the certificate, which we do."""
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Site(Reply(content=DISK), by_path={"/SUMS": SUMS}).serving(context) as site:
        yield site


def pulled(site: Site, *keyrings: Path, signature: str | None = None) -> Image:
    keys = Keys(places=keyrings) if keyrings else None
    published = Published(url=f"{site.url}/SUMS", keys=keys, signature=signature)
    return pull.pull(
        Source(name="stock", url=f"{site.url}/disk.img", expected=published),
        report=lambda _line: None,
        gauge=lambda _have, _total: None,
        by=Deadline.after(60, clock=SystemClock()),
    )


def test_unsigned_checksums_are_taken_and_said_to_be_unsigned(site: Site) -> None:
    verified = pulled(site).verified
    assert verified is not None
    assert verified.startswith(f"checksum as in {site.url}/SUMS; signature not checked: its maker")


def test_a_key_that_is_not_here_is_named(site: Site, tmp_path: Path) -> None:
    site.by_path["/SUMS.gpg"] = b""
    verified = pulled(site, tmp_path / "absent.gpg", signature="SUMS.gpg").verified
    assert verified is not None
    assert f"signature not checked: {tmp_path / 'absent.gpg'}" in verified
    assert "--keyring" in verified


@pytest.mark.parametrize("keyring", ["keyring", "text_keyring"])
def test_a_good_signature_beside_the_checksums_is_believed(
    site: Site, makers: tuple[Maker, Maker], keyring: str
) -> None:
    maker, _ = makers
    site.by_path["/SUMS.gpg"] = maker.sign(SUMS, "--detach-sign")
    verified = pulled(site, getattr(maker, keyring), signature="SUMS.gpg").verified
    assert verified is not None
    assert "signature good" in verified


@pytest.mark.parametrize("how", ["changed", "stranger"])
def test_a_bad_signature_ends_the_pull_before_anything_is_downloaded(
    site: Site, makers: tuple[Maker, Maker], how: str
) -> None:
    maker, stranger = makers
    signer, content = (maker, FORGED) if how == "changed" else (stranger, SUMS)
    site.by_path["/SUMS.gpg"] = signer.sign(content, "--detach-sign")
    with pytest.raises(HypervisorError, match="not signed by the owner"):
        pulled(site, maker.keyring, signature="SUMS.gpg")
    assert site.asked == []


def test_of_a_file_that_is_signed_within_only_the_signed_part_is_believed(
    site: Site, makers: tuple[Maker, Maker]
) -> None:
    maker, _ = makers
    signed = maker.sign(SUMS, "--clear-sign")
    site.by_path["/SUMS"] = FORGED + signed
    assert pulled(site, maker.keyring).digest == hashlib.sha256(DISK).hexdigest()
    site.by_path["/SUMS"] = signed.replace(SUMS[:9], FORGED[:9])
    with pytest.raises(HypervisorError, match="not signed"):
        pulled(site, maker.keyring)


def test_checksums_without_their_signature_are_refused_where_the_key_is_here(
    site: Site, makers: tuple[Maker, Maker]
) -> None:
    with pytest.raises(HypervisorError, match="not signed"):
        pulled(site, makers[0].keyring)


def test_a_server_that_nobody_vouches_for_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(HypervisorError, match="cannot prove who it is") as caught:
        pulled(site)
    assert "SSL_CERT_FILE" in caught.value.hint


def test_a_connection_that_is_garbled_on_the_way_is_taken_up_where_it_was(site: Site) -> None:
    half = Reply(content=DISK, etag='"one"', cut=len(DISK) // 2, garbles=True)
    site.replies = [half, Reply(content=DISK, etag='"one"')]
    assert pulled(site).disk is not None
    assert site.asked[1]["Range"] == f"bytes={len(DISK) // 2}-"


def test_a_redirection_to_plain_http_is_not_followed(site: Site) -> None:
    with Site(Reply(content=DISK)).serving() as plain:
        site.replies = [Reply(redirect=f"{plain.url}/disk.img")]
        with pytest.raises(HypervisorError, match="not encrypted"):
            pulled(site)
    assert plain.asked == []


def test_a_redirection_to_another_place_over_tls_is_followed(site: Site) -> None:
    site.replies = [Reply(redirect=f"{site.url}/mirror/disk.img"), Reply(content=DISK)]
    assert pulled(site).disk is not None
