"""What the tables of keys are made of: strictness, and keys that explain themselves."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Table(BaseModel):
    """A mapping of known keys; values are never converted from another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def key(description: str, *, default: object = ..., example: object = None) -> Any:  # noqa: ANN401  pydantic's own way
    """Return a field that explains itself; without a default the key must be given."""
    shown = [default if example is None else example]
    if default is ...:
        return Field(description=description, examples=shown)
    # Defaults are written as in the file, so that the schema shows them so.
    return Field(default=default, validate_default=True, description=description, examples=shown)


def optional(description: str, *, example: object) -> Any:  # noqa: ANN401  pydantic's own way
    """Return a field whose key may be left out, and has no value of its own then."""
    return Field(default=None, description=description, examples=[example])
