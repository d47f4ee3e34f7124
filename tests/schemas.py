"""Whether a document is what its schema says."""

import json
from collections.abc import Iterable
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from vipprov.pipelines import documents

GROUPS = frozenset({"vm", "portgroup", "lab", "image"})


def of(arguments: Iterable[str]) -> str:
    """Return the name of the document that a command with these arguments prints."""
    first, second, *_ = (*arguments, "", "")
    return f"{first}-{second}" if first in GROUPS else first


def complaints(name: str, document: object, *, closed: bool = False) -> list[str]:
    """Return what is wrong with a document; `closed` complains of keys without a description."""
    schema = documents.schema(name)
    known = _closed(schema) if closed else schema
    validator = Draft202012Validator(known, format_checker=FormatChecker())
    plain = json.loads(json.dumps(document))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(plain)]


def require(name: str, document: object, *, closed: bool = False) -> None:
    """Fail unless the document is what its schema says."""
    found = complaints(name, document, closed=closed)
    assert not found, "\n".join((f"{name} is not what `vipprov schema {name}` says:", *found))


def _closed(schema: Any) -> Any:  # noqa: ANN401  JSON
    """Return the schema with no room for keys that it does not name."""
    match schema:
        case dict():
            closed = {key: _closed(value) for key, value in schema.items()}
            is_object = "properties" in schema and "required" in schema
            return {**closed, "additionalProperties": False} if is_object else closed
        case list():
            return [_closed(one) for one in schema]
        case _:
            return schema
