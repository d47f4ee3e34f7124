"""From YAML text to a tree with places.

What YAML can do and a pair file has no use for is refused: tags, anchors and aliases (the stuff of
YAML bombs), several documents, deep nesting.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from vipprov.guest.pairfile import scalar
from vipprov.guest.pairfile.events import Events
from vipprov.guest.pairfile.mistake import Mistake, Position, Trail, escaped
from vipprov.guest.pairfile.node import Entry, Keyed, Listing, Node, Word

DEEPEST = 20
MOST_NODES = 5000

_WORD = "Write key: value, and fill in templates such as {{ name }} first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was read. After `torn`, the line where the YAML itself breaks off, nothing is known."""

    root: Node
    mistakes: tuple[Mistake, ...]
    torn: int | None


def read(text: str) -> Page:
    """Return the tree of the first document, and all that is wrong with the YAML as such."""
    events = Events(text)
    root = _Composer(events).document()
    return Page(root=root, mistakes=tuple(events.mistakes), torn=events.torn)


@dataclass(slots=True)
class _Composer:
    """Makes nodes of events. Where these end early, what is open is closed."""

    events: Events
    nodes: int = 0

    def document(self) -> Node:
        """Return the first document; a second one is a mistake."""
        self.events.take()
        start, first = self.events.take(), None
        if isinstance(start, DocumentStartEvent):
            first = self.events.take()
        if first is None:
            return self._nothing()
        root = self._node(first, ())
        self.events.take()
        match self.events.take():
            case DocumentStartEvent() as second:
                words = "a second document begins here", "Write one pair in one file"
                self.events.complain(_start(second), (), *words)
            case _:
                pass
        return root

    def _nothing(self) -> Node:
        if self.events.torn is None:
            self.events.tear(
                Position(1, 1), (), "the file is empty", "Begin from examples/pair.yaml"
            )
        return Keyed(at=Position(1, 1), entries={})

    def _node(self, event: Event, trail: Trail) -> Node:
        at = _start(event)
        self.nodes += 1
        if len(trail) > DEEPEST:
            words = f"nested more than {DEEPEST} deep", "Write the keys that `vipprov schema` shows"
            self.events.tear(at, trail[:1], *words)
        elif self.nodes > MOST_NODES:
            words = f"more than {MOST_NODES} values", "Write one pair in one file"
            self.events.tear(at, trail[:1], *words)
        self._refuse_extras(event, trail)
        match event:
            case ScalarEvent():
                return self._word(event, trail)
            case SequenceStartEvent():
                return Listing(at=at, items=tuple(self._items(trail)))
            case MappingStartEvent():
                entries = {entry.key: entry for entry in self._entries(trail)}
                return Keyed(at=at, entries=entries)
            case _:
                return Word(at=at, value=None, broken=True)

    def _items(self, trail: Trail) -> Iterator[Node]:
        count = 0
        while not isinstance(event := self.events.take(), SequenceEndEvent | None):
            yield self._node(event, (*trail, count))
            count += 1

    def _entries(self, trail: Trail) -> Iterator[Entry]:
        lines: dict[str, int] = {}
        while not isinstance(event := self.events.take(), MappingEndEvent | None):
            at, key = _start(event), self._key(event, trail)
            if (start := self.events.take()) is None:
                return
            told = self.events.told
            value = self._node(start, (*trail, key or "?"))
            if key is None:
                # {{ name }}: what a template left behind. What is in it is no pair file.
                self.events.forget(told)
            elif key in lines:
                what = f"this key is there already, in line {lines[key]}"
                self.events.complain(at, (*trail, key), what, "Keep one of the two")
            else:
                lines[key] = at.line
                yield Entry(at=at, key=key, value=value)

    def _key(self, event: Event, trail: Trail) -> str | None:
        self._refuse_extras(event, trail)
        match event:
            case ScalarEvent(value=str(key)) if _encodable(key):
                return key
            case CollectionStartEvent():
                told = self.events.told
                self._node(event, (*trail, "?"))
                self.events.forget(told)
            case _:
                pass
        self.events.complain(_start(event), trail, "a key must be a word", _WORD)
        return None

    def _word(self, event: ScalarEvent, trail: Trail) -> Word:
        at, text = _start(event), event.value
        if not _encodable(text):
            words = "holds half of a surrogate pair", "Write the character itself"
        elif not event.implicit[0]:
            return Word(at=at, value=text, literal=event.style == "|")
        elif scalar.ambiguous(text):
            what = f"{text} is one number in YAML 1.1 and another in YAML 1.2"
            words = what, "Write it without the leading zero, or as text in quotes"
        elif (value := scalar.resolve(text)) is not None:
            return Word(at=at, value=value)
        else:
            words = "has no value", "Write one, or leave the key out"
        self.events.complain(at, trail, *words)
        return Word(at=at, value=None, broken=True)

    def _refuse_extras(self, event: Event, trail: Trail) -> None:
        at = _start(event)
        match event:
            case AliasEvent(anchor=anchor):
                what = f"the alias *{escaped(str(anchor), longest=40)} stands for other text"
                self.events.complain(
                    at, trail, what, "Write the value out, or in quotes if it is text"
                )
            case NodeEvent(anchor=str(anchor)):
                what = f"the anchor &{escaped(anchor, longest=40)} has no use here"
                self.events.complain(at, trail, what, "Take it out, or put the text in quotes")
            case _:
                pass
        match event:
            case ScalarEvent(tag=str(tag)) | CollectionStartEvent(tag=str(tag)):
                what = f"the tag {escaped(tag, longest=40)} is not allowed"
                self.events.complain(
                    at, trail, what, "Write the plain value, in quotes if it is text"
                )
            case _:
                pass


def _start(event: Event) -> Position:
    mark = event.start_mark
    return Position(1, 1) if mark is None else Position(mark.line + 1, mark.column + 1)


def _encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
