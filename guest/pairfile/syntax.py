"""What PyYAML says of broken YAML, in words that help."""

from dataclasses import dataclass

import yaml

from vipprov.guest.pairfile.mistake import Mistake, Position, escaped

# Part of PyYAML's message, what is wrong, what to write instead.
_WORDS = (
    (
        "character '\\t'",
        "a tab stands where YAML wants spaces",
        "Indent with spaces",
    ),
    (
        "that cannot start any token",
        "a value cannot begin with this character",
        "Put the value in quotes",
    ),
    (
        "mapping values are not allowed",
        "there is a second `: ` in this line, or the line is indented wrongly",
        "Put a value that holds `: ` in quotes, or begin a new line",
    ),
    (
        "could not find expected ':'",
        "this line is no `key: value`",
        "Write a colon and a space after the key",
    ),
    (
        "expected <block end>",
        "this line is not indented like those it belongs to",
        "Give all keys of a mapping the same indentation",
    ),
    (
        "expected ',' or",
        "a bracket or a comma is missing before this",
        "Close [ with ] and { with }, and put commas between",
    ),
    (
        "unexpected end of stream",
        "a quote is opened and never closed",
        "Close the quote",
    ),
    (
        "unexpected document separator",
        "a quote is still open where a new document begins",
        "Close the quote",
    ),
    (
        "unknown escape character",
        "a backslash in double quotes begins an escape, and this is none",
        "Put the text in single quotes",
    ),
    (
        "escape sequence of",
        "a backslash in double quotes begins an escape, and this one is incomplete",
        "Put the text in single quotes",
    ),
    (
        "undefined tag handle",
        "a tag (!…) is not allowed",
        "Write the plain value, in quotes if it is text",
    ),
    (
        "expected alphabetic or numeric character",
        "a value cannot begin with & or *",
        "Put the value in quotes",
    ),
    (
        "sequence entries are not allowed",
        "a list cannot begin here",
        "Begin it in a new line",
    ),
    (
        "expected the node content",
        "a value is missing before this",
        "Write the value",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The place where the YAML is torn, and the line from which on nothing is certain."""

    mistake: Mistake
    since: int


def fault(error: yaml.YAMLError, *, default: Position) -> Fault:
    """Return what the parser found, in our words."""
    at, since, problem = default, default.line, ""
    if isinstance(error, yaml.MarkedYAMLError):
        problem = error.problem or ""
        if error.problem_mark is not None:
            at = Position(error.problem_mark.line + 1, error.problem_mark.column + 1)
            since = at.line
        if error.context_mark is not None:
            since = min(since, error.context_mark.line + 1)
    what, instead = _words(problem)
    return Fault(mistake=Mistake(at=at, trail=(), what=what, instead=instead), since=since)


def _words(problem: str) -> tuple[str, str]:
    for part, what, instead in _WORDS:
        if part in problem:
            return what, instead
    what = f"this is not YAML ({escaped(problem, longest=100) or 'it cannot be read'})"
    return what, "Compare with examples/pair.yaml"
