"""YAML read into plain values, with the place of every key and item, and every mistake at once."""

import re
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

Path = tuple[str | int, ...]

MOST_VALUES = 20_000  # aliases expanded: a few lines can otherwise stand for billions
DEEPEST = 40


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and where."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A value, the places of what it is made of, and the mistakes that were met."""

    value: object
    places: Mapping[Path, Place]
    mistakes: tuple[Mistake, ...]


def parse(text: str) -> Marked:
    """Return what the text says. No message repeats a value of the text: it may be a secret."""
    try:
        loader = yaml.SafeLoader(text)
        return _read(loader)
    except yaml.reader.ReaderError as error:
        return _refused(_place_of(text, error.position), "This character is not allowed in YAML.")
    except yaml.MarkedYAMLError as error:
        return _refused(
            _place(error.problem_mark), f"This is not YAML: {_discreet(error.problem)}."
        )
    except RecursionError:
        return _refused(Place(1, 1), "This is nested too deeply.")


@dataclass(slots=True)
class _Reading:
    """The state of one reading."""

    loader: yaml.SafeLoader
    places: dict[Path, Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    visited: set[int] = field(default_factory=set)
    values: int = 0

    def mistake(self, node: yaml.Node, text: str) -> None:
        self.mistakes.append(Mistake(_place(node.start_mark), text))


class _TooMuchError(Exception):
    """Raised where reading on would cost more than any real file does."""


def _read(loader: yaml.SafeLoader) -> Marked:
    reading = _Reading(loader)
    try:
        node = loader.get_single_node()
        value = None if node is None else _value(reading, node, ())
    except _TooMuchError as error:
        return _refused(Place(1, 1), str(error))
    finally:
        loader.dispose()
    return Marked(value, reading.places, tuple(dict.fromkeys(reading.mistakes)))


def _value(reading: _Reading, node: yaml.Node, path: Path) -> object:
    reading.places.setdefault(path, _place(node.start_mark))
    reading.values += 1
    if reading.values > MOST_VALUES:
        raise _TooMuchError(f"This holds more than {MOST_VALUES} values, aliases counted.")
    if len(path) > DEEPEST:
        raise _TooMuchError(f"This is nested deeper than {DEEPEST} levels.")
    match node:
        case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
            return dict(_pairs(reading, node, path))
        case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
            return [_value(reading, item, (*path, index)) for index, item in enumerate(node.value)]
        case yaml.ScalarNode():
            return _scalar(reading, node)
        case _:
            reading.mistake(node, "This tag is not allowed.")
            return None


def _pairs(reading: _Reading, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, object]]:
    _note_duplicates(reading, node)
    reading.loader.flatten_mapping(node)
    for key_node, value_node in node.value:
        key = _scalar(reading, key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            reading.mistake(key_node, "A key must be a text: put it in quotes.")
            continue
        reading.places[*path, key] = _place(key_node.start_mark)
        yield key, _value(reading, value_node, (*path, key))


def _note_duplicates(reading: _Reading, node: yaml.MappingNode) -> None:
    """Note keys that are written twice; those that `<<` brings in may be overridden."""
    if id(node) in reading.visited:
        return  # met before, by an alias, and `<<` has been replaced by what it brought in
    reading.visited.add(id(node))
    first: dict[str, Place] = {}
    for key, _ in node.value:
        place = _place(key.start_mark)
        if isinstance(key, yaml.ScalarNode) and first.setdefault(key.value, place) != place:
            name, line = reprlib.repr(key.value), first[key.value].line
            reading.mistake(key, f"The key {name} is there already, on line {line}.")


def _scalar(reading: _Reading, node: yaml.ScalarNode) -> object:
    try:
        return reading.loader.construct_object(node)
    except yaml.constructor.ConstructorError:
        reading.mistake(node, "This tag is not allowed.")
    except ValueError:
        kind = node.tag.rpartition(":")[2]
        reading.mistake(node, f"This is not a valid {kind}: put it in quotes if it is a text.")
    return None


def _discreet(problem: str | None) -> str:
    """Return the parser's words without what it quotes, other than a sign or a token's name."""
    return re.sub(r"'[^'<]{2,}'", "…", problem or "it ends too early")


def _refused(place: Place, text: str) -> Marked:
    return Marked(None, {}, (Mistake(place, text),))


def _place(mark: yaml.Mark | None) -> Place:
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


def _place_of(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)
