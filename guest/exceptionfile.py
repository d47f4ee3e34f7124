"""The exceptions file: which port groups may stay open, for whom, until when, and who answers.

    exceptions:
      - port_group: leaf1
        pair: web
        owner: network team
        reason: CHG-1234, virtual IP of the web pair
        expires: 2027-01-31

Whatever is wrong in it is told in one error, each mistake with its line and column.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import yaml

from vipprov.guest import regularfile
from vipprov.guest.errors import SpecError
from vipprov.guest.pairfile import syntax
from vipprov.guest.pairfile.mistake import Mistake, Position, Trail, escaped, refuse, shown
from vipprov.guest.policyexception import PolicyException
from vipprov.guest.regularfile import UnreadableError

LARGEST = 1024 * 1024
TEXTS = ("port_group", "pair", "owner", "reason")
KEYS = (*TEXTS, "expires", "host", "checks")
HINT = "`vipprov schema exceptions` describes every key."
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def load(path: Path, *, checks: frozenset[str]) -> tuple[PolicyException, ...]:
    """Return the exceptions in this file; `checks` are the names that a check may have."""
    try:
        data = regularfile.read(path, at_most=LARGEST + 1)
        text = data.decode("utf-8-sig")
    except (UnreadableError, UnicodeDecodeError) as error:
        raise SpecError(
            f"Cannot read the exceptions {escaped(str(path))}.", details=str(error), hint=HINT
        ) from error
    if len(data) > LARGEST:
        raise SpecError(f"The exceptions {escaped(str(path))} are more than 1 MiB.", hint=HINT)
    return parse(text, path=path, checks=checks)


def parse(text: str, *, path: Path, checks: frozenset[str]) -> tuple[PolicyException, ...]:
    """Return the exceptions that the text describes, or say all that is wrong with it."""
    reading = _Reading(checks=checks)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        refuse(path, [syntax.fault(error, default=Position(1, 1)).mistake], hint=HINT)
        raise
    except RecursionError as error:
        raise SpecError(f"{escaped(str(path))} is nested too deeply.", hint=HINT) from error
    found = tuple(reading.exceptions(root))
    refuse(path, reading.mistakes, hint=HINT)
    return tuple(one for one in found if one is not None)


@dataclass(slots=True)
class _Reading:
    """Reads node by node, and gathers what is wrong on the way."""

    checks: frozenset[str]
    mistakes: list[Mistake] = field(default_factory=list)

    def exceptions(self, root: yaml.Node | None) -> Iterator[PolicyException | None]:
        table = self._table(root, (), known=("exceptions",), needed=("exceptions",))
        match table.get("exceptions"):
            case None:
                return
            case yaml.SequenceNode(value=items):
                for number, item in enumerate(items):
                    yield self._exception(item, ("exceptions", number))
            case other:
                self._wrong(other, ("exceptions",), "this is no list", "Begin each with a dash")

    def _exception(self, node: yaml.Node, trail: Trail) -> PolicyException | None:
        before = len(self.mistakes)
        table = self._table(node, trail, known=KEYS, needed=(*TEXTS, "expires"))
        texts = {key: self._text(table[key], (*trail, key)) for key in TEXTS if key in table}
        host = self._text(table["host"], (*trail, "host")) if "host" in table else None
        expires = self._date(table.get("expires"), (*trail, "expires"))
        checks = self._checks(table.get("checks"), (*trail, "checks"))
        if len(self.mistakes) > before or expires is None:
            return None
        return PolicyException(**texts, host=host, expires=expires, checks=checks)

    def _table(
        self,
        node: yaml.Node | None,
        trail: Trail,
        *,
        known: tuple[str, ...],
        needed: tuple[str, ...],
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, trail, "this is no table", f"Write {known[0]}: and so on")
            return {}
        table: dict[str, yaml.Node] = {}
        for name, value in node.value:
            key = str(name.value) if isinstance(name, yaml.ScalarNode) else "?"
            if key in table:
                self._wrong(name, (*trail, key), "the key is there twice", "Take one of them out")
            elif key not in known:
                near = get_close_matches(key, known, n=1)
                known_here = f"Known here: {', '.join(known)}"
                self._wrong(
                    name,
                    (*trail, key),
                    "is no key here",
                    f"Write {near[0]}" if near else known_here,
                )
            else:
                table[key] = value
        for key in needed:
            if key not in table:
                self._wrong(node, (*trail, key), "is missing", f"Write {key}: and its value")
        return table

    def _text(self, node: yaml.Node, trail: Trail) -> str:
        if isinstance(node, yaml.ScalarNode) and str(node.value).strip():
            return str(node.value).strip()
        self._wrong(node, trail, "this is no text", "Write a word or a sentence")
        return ""

    def _date(self, node: yaml.Node | None, trail: Trail) -> date | None:
        if node is None:
            return None
        word = str(node.value)
        # Python reads 20270131 as a date as well, and people do not.
        if _DATE.fullmatch(word):
            with suppress(ValueError):
                return date.fromisoformat(word)
        what = f"{shown(word)} is no date" if _is_word(node) else "this is no date"
        self._wrong(node, trail, what, "Write year-month-day: 2027-01-31")
        return None

    def _checks(self, node: yaml.Node | None, trail: Trail) -> frozenset[str] | None:
        if node is None:
            return None
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(node, trail, "this is no list", "Write [forged-transmits, promiscuous]")
            return None
        for number, item in enumerate(node.value):
            word = str(item.value)
            if word not in self.checks:
                near = get_close_matches(word, sorted(self.checks), n=1)
                choice = f"Write {near[0]}" if near else f"Known: {', '.join(sorted(self.checks))}"
                self._wrong(item, (*trail, number), "is no check of the audit", choice)
        return frozenset(str(item.value) for item in node.value)

    def _wrong(self, node: yaml.Node | None, trail: Trail, what: str, instead: str) -> None:
        mark = None if node is None else node.start_mark
        at = Position(1, 1) if mark is None else Position(mark.line + 1, mark.column + 1)
        self.mistakes.append(Mistake(at=at, trail=trail, what=what, instead=instead))


def _is_word(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)
