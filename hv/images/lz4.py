"""Unpacks LZ4 in the form that the kernel's build uses ("legacy"), for which Python has nothing.

The form is described in the LZ4 project's lz4_Frame_format.md and lz4_Block_format.md.
"""

import struct

MAGIC = b"\x02\x21\x4c\x18"
LENGTH_BYTES = 4
# A length of 15 goes on in the next byte, and that in the one after it if it is 255.
MORE, GOES_ON = 15, 255
SHORTEST_MATCH = 4


def unpack(packed: bytes) -> bytes:
    """Return the content of a stream of blocks; what is behind the last whole block is ignored."""
    blocks = []
    position = len(MAGIC)
    while position + LENGTH_BYTES <= len(packed):
        (length,) = struct.unpack_from("<I", packed, position)
        position += LENGTH_BYTES
        if position + length > len(packed):
            break  # the kernel's build appends the unpacked size, which is no block
        blocks.append(_block(packed[position : position + length]))
        position += length
    return b"".join(blocks)


def _block(packed: bytes) -> bytes:
    content = bytearray()
    position = 0
    while True:
        token = packed[position]
        literals, position = _length(packed, position + 1, token >> 4)
        content += packed[position : position + literals]
        position += literals
        if position >= len(packed):
            return bytes(content)
        (distance,) = struct.unpack_from("<H", packed, position)
        match, position = _length(packed, position + 2, token & MORE)
        _repeat(content, distance, match + SHORTEST_MATCH)


def _length(packed: bytes, position: int, length: int) -> tuple[int, int]:
    """Return a length that begins with this one, and the position behind it."""
    if length < MORE:
        return length, position
    while True:
        more = packed[position]
        position += 1
        length += more
        if more != GOES_ON:
            return length, position


def _repeat(content: bytearray, distance: int, length: int) -> None:
    """Append what stands so far back; it may reach into what it appends itself."""
    start = len(content) - distance
    piece = content[start : start + length]
    content += (piece * (length // len(piece) + 1))[:length]
