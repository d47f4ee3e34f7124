"""The kernel that a hypervisor starts directly, unpacked ahead so that no boot has to do it."""

import lzma
import struct
import zlib
from collections.abc import Callable

from vipprov.hv.images import lz4

# Of the boot protocol in the kernel's Documentation/arch/x86/boot.rst.
MAGIC_AT, MAGIC = 0x202, b"HdrS"
SETUP_SECTORS_AT, SECTOR = 0x1F1, 512
PAYLOAD_AT = 0x248
ELF = b"\x7fELF"


def uncompressed(image: bytes) -> bytes:
    """Return the ELF kernel within an x86 kernel image; any other image as it is.

    QEMU starts both. Unpacking costs each boot a second or two where the processor is emulated.
    """
    if image[MAGIC_AT : MAGIC_AT + len(MAGIC)] != MAGIC:
        return image
    begin, length = struct.unpack_from("<II", image, PAYLOAD_AT)
    begin += (image[SETUP_SECTORS_AT] + 1) * SECTOR
    payload = image[begin : begin + length]
    unpack = next((unpack for sign, unpack in PACKED if payload.startswith(sign)), None)
    kernel = b"" if unpack is None else unpack(payload)
    return kernel if kernel.startswith(ELF) else image


def _xz(payload: bytes) -> bytes:
    # The kernel's build appends the unpacked size, which is no part of the stream.
    return lzma.LZMADecompressor().decompress(payload)


def _gzip(payload: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(payload)


PACKED: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (lz4.MAGIC, lz4.unpack),
    (b"\xfd7zXZ\x00", _xz),
    (b"\x1f\x8b", _gzip),
)
