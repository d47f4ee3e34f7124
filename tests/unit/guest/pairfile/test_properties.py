"""Whatever valid file comes, it loads; whatever else comes, it is refused and nothing breaks."""

import json
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from strategies import Document, as_yaml, pair_documents
from vipprov.guest import pairfile
from vipprov.guest.errors import SpecError

SAMPLE = (Path(__file__).parents[4] / "examples/pair.yaml").read_text()
YAMLISH = st.text(st.sampled_from("ab:-[]{}#&*!|>'\"%@`\\,? \n\t\r=~<0159.\u00e9\ufeff\U0001f600"))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.text(max_size=8) | st.sampled_from(
    ["name", "vip", "guests", "addresses", "port_group", "policy", "fabric", "track", "size", "mac"]
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12
)


def refusal(data: bytes) -> SpecError | None:
    try:
        pairfile.parse(data, path=Path("web.yaml"))
    except SpecError as error:
        return error
    return None


def loads_or_is_refused(data: bytes) -> None:
    error = refusal(data)
    if error is not None:
        assert str(error).isprintable()
        assert error.details
        assert all(line.isprintable() for line in error.details.splitlines())


@given(pair_documents())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_valid_pair_file_loads(document: Document) -> None:
    pair = pairfile.parse(as_yaml(document), path=Path("web.yaml"))
    assert [guest.name for guest in pair.guests] == [guest["name"] for guest in document["guests"]]
    assert len(pair.vip.addresses) == len(document["vip"]["addresses"])
    macs = [guest.mac for guest in pair.guests]
    assert len(set(macs)) == len(macs)


@given(pair_documents())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_remembered_of_a_file_reads_as_an_equal_pair(document: Document) -> None:
    path = Path("/somewhere/web.yaml")
    reading = pairfile.read(as_yaml(document), path=path)
    assert pairfile.read(reading.text.encode(), path=path) == reading


@given(st.binary())
@settings(deadline=None)
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
@example(b"? {")
@example(b"{? [: ")
def test_bytes_are_refused_in_words(data: bytes) -> None:
    loads_or_is_refused(data)


@given(YAMLISH)
@settings(max_examples=150, deadline=None)
def test_text_that_looks_like_yaml_is_refused_in_words(text: str) -> None:
    loads_or_is_refused(text.encode())


@given(st.integers(0, len(SAMPLE)), st.integers(0, 40), YAMLISH)
@settings(max_examples=80, deadline=None)
def test_damaged_example_is_refused_in_words_or_loads(start: int, length: int, text: str) -> None:
    loads_or_is_refused((SAMPLE[:start] + text + SAMPLE[start + length :]).encode())


@given(TREES)
@settings(max_examples=80, deadline=None)
def test_any_structure_is_refused_in_words(tree: object) -> None:
    loads_or_is_refused(json.dumps(tree).encode())


@given(pair_documents(), st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_valid_file_with_one_value_replaced_is_refused_or_loads(
    document: Document, data: st.DataObject
) -> None:
    place: object = document
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            place[key] = data.draw(TREES)
            break
        place = inner
    loads_or_is_refused(json.dumps(document).encode())
