"""Records are read back as they were written, up to where the file ends for now."""

from hypothesis import given
from hypothesis import strategies as st

from vipprov.hv.probing import record
from vipprov.hv.probing.record import Counted, Frame, Record, Sent

TIMES = st.floats(0, 1e9)
RECORDS = st.one_of(
    st.builds(Sent, at=TIMES, aim=st.integers(0, 255), sequence=st.integers(0, (1 << 64) - 1)),
    st.builds(
        Frame,
        at=TIMES,
        device=st.text("abcdefgh0123.", max_size=15),
        data=st.binary(max_size=record.LONGEST_FRAME),
    ),
    st.builds(Counted, at=TIMES, frames=st.integers(0, 1 << 40), drops=st.integers(0, 1 << 40)),
)


def written(one: Record) -> bytes:
    match one:
        case Sent():
            return record.sent(one.at, one.aim, one.sequence)
        case Frame():
            return record.frame(one.at, one.device, one.data)
        case Counted():
            return record.counted(one.at, one.frames, one.drops)


@given(st.lists(RECORDS), st.integers(0, 400))
def test_whole_records_are_read_and_a_piece_of_one_is_left_for_later(
    records: list[Record], cut: int
) -> None:
    text = b"".join(map(written, records))
    found, size = record.parse(text)
    assert (found, size) == (tuple(records), len(text))
    some, taken = record.parse(text[: max(0, len(text) - cut)])
    rest, _ = record.parse(text[taken:])
    assert some + rest == tuple(records)


def test_of_a_long_frame_its_beginning_is_kept() -> None:
    (seen,), _ = record.parse(record.frame(1.0, "vnet0", bytes(1500)))
    assert isinstance(seen, Frame)
    assert len(seen.data) == record.LONGEST_FRAME
