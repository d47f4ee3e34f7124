import gzip
import lzma
import struct
import zlib

import pytest

from vipprov.hv.images import kernel, lz4

ELF = b"\x7fELF" + b"kernel" * 5000
# A block with a literal, a match that reaches into itself, and a length beyond one byte.
BLOCK = b"\x1fa\x01\x00\xff\x05\x50bcdef"
CONTENT = b"a" * (1 + 15 + 255 + 5 + 4) + b"bcdef"


def image(payload: bytes) -> bytes:
    """Return what an x86 kernel image looks like around its packed kernel."""
    setup = bytearray(1024)
    setup[0x1F1] = 1
    setup[0x202:0x206] = b"HdrS"
    struct.pack_into("<II", setup, 0x248, 16, len(payload))
    return bytes(setup) + bytes(16) + payload + b"behind it"


def legacy_lz4(*blocks: bytes) -> bytes:
    return lz4.MAGIC + b"".join(struct.pack("<I", len(block)) + block for block in blocks)


def stored(content: bytes) -> bytes:
    """Return an LZ4 block of nothing but literals."""
    more, rest = divmod(len(content) - 15, 255)
    return b"\xf0" + b"\xff" * more + bytes([rest]) + content


@pytest.mark.parametrize(
    "payload",
    [
        lzma.compress(ELF) + struct.pack("<I", len(ELF)),
        gzip.compress(ELF),
        legacy_lz4(stored(ELF)) + struct.pack("<I", len(ELF)),
    ],
    ids=["xz", "gzip", "lz4"],
)
def test_the_kernel_comes_out_as_it_was_packed(payload: bytes) -> None:
    assert kernel.uncompressed(image(payload)) == ELF


@pytest.mark.parametrize(
    "payload", [b"(\xb5/\xfdzstd", gzip.compress(b"no kernel")], ids=["zstd", "no kernel"]
)
def test_what_cannot_be_unpacked_stays_as_it_is_since_qemu_starts_it_too(payload: bytes) -> None:
    packed = image(payload)
    assert kernel.uncompressed(packed) == packed


def test_an_image_for_another_processor_stays_as_it_is() -> None:
    assert kernel.uncompressed(b"MZ" + ELF) == b"MZ" + ELF


def test_lz4_repeats_what_stands_before_as_often_as_it_takes() -> None:
    assert lz4.unpack(legacy_lz4(BLOCK)) == CONTENT


def test_lz4_joins_its_blocks() -> None:
    assert lz4.unpack(legacy_lz4(BLOCK, BLOCK)) == CONTENT * 2


def test_a_damaged_stream_is_an_error_and_no_kernel() -> None:
    with pytest.raises((zlib.error, EOFError)):
        kernel.uncompressed(image(gzip.compress(ELF)[:10] + b"\xff" * 20))
