import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipprov.cloudinit import marks
from vipprov.cloudinit.marks import Place


def test_every_key_and_item_has_its_place() -> None:
    marked = marks.parse("#\na:\n  - b: 1\n  - c\n")
    assert marked.value == {"a": [{"b": 1}, "c"]}
    assert marked.places["a",] == Place(2, 1)
    assert marked.places["a", 0, "b"] == Place(3, 5)
    assert marked.places["a", 1] == Place(4, 5)


def test_key_that_is_written_twice_is_found_at_any_depth_and_all_at_once() -> None:
    mistakes = marks.parse("a: 1\nb: {c: 1, c: 2}\na: 2\n").mistakes
    assert [(mistake.place, mistake.text) for mistake in mistakes] == [
        (Place(3, 1), "The key 'a' is there already, on line 1."),
        (Place(2, 11), "The key 'c' is there already, on line 2."),
    ]


def test_merge_keys_work_and_what_they_bring_may_be_overridden() -> None:
    text = "x: &x {p: 1, q: 1}\ny: &y {<<: *x, q: 2}\nz: *y\n"
    marked = marks.parse(text)
    assert marked.mistakes == ()
    assert marked.value == {"x": {"p": 1, "q": 1}, "y": {"p": 1, "q": 2}, "z": {"p": 1, "q": 2}}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1", Place(1, 6)),
        ("a: b: c", Place(1, 5)),
        ("a: 'open\n", Place(2, 1)),
        ("\ta: 1", Place(1, 1)),
        ("a: *nobody", Place(1, 4)),
        ("a: 1\n---\nb: 2", Place(2, 1)),
        ("a: \x07", Place(1, 4)),
        ("a: 1\nb: é\x00", Place(2, 5)),
        ("a: !!python/object/apply:os.system [reboot]", Place(1, 4)),
        ("a: !mine b", Place(1, 4)),
        ("a: 2024-13-45", Place(1, 4)),
        ("a: !!int nine", Place(1, 4)),
        ("1: a", Place(1, 1)),
        ("[a]: b", Place(1, 1)),
        ("a: {<<: 5}", Place(1, 9)),
    ],
)
def test_what_is_wrong_is_found_where_it_is(text: str, place: Place) -> None:
    (mistake,) = marks.parse(text).mistakes
    assert mistake.place == place


@pytest.mark.parametrize(
    "text", ["a: *hunter2", "a: !hunter2 b", "a: !!int hunter2", "a: &h [*hunter2]"]
)
def test_no_message_repeats_a_value(text: str) -> None:
    (mistake,) = marks.parse(text).mistakes
    assert "hunter2" not in mistake.text


def test_aliases_that_stand_for_billions_of_values_are_refused() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    (mistake,) = marks.parse(f"l0: &l0 [x]\n{levels}").mistakes
    assert "more than 20000 values" in mistake.text


@pytest.mark.parametrize("text", ["a: &a [*a]", "[" * 60 + "]" * 60, "[" * 100_000])
def test_what_has_no_end_is_refused(text: str) -> None:
    (mistake,) = marks.parse(text).mistakes
    assert "nested" in mistake.text


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    marked = marks.parse(text)
    assert marked.mistakes or marked.value is None or marked.places
