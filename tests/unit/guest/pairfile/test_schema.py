"""The JSON Schema that editors get."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from vipprov.guest import pairfile

EXAMPLES = Path(__file__).parents[4] / "examples"
Table = dict[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


def accepts(schema: Table, value: object, root: Table) -> bool:
    """Judge by the part of JSON Schema that the schema of the pair file makes use of."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices and not any(accepts(choice, value, root) for choice in choices):
        return False
    wanted = schema.get("type", list(TYPES))
    kinds = [TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    return (
        any(isinstance(value, kind) for kind in kinds)
        and value in schema.get("enum", [value])
        and value == schema.get("const", value)
        and (not isinstance(value, str) or bool(re.search(schema.get("pattern", ""), value)))
        and accepts_members(schema, value, root)
    )


def accepts_members(schema: Table, value: object, root: Table) -> bool:
    match value:
        case list():
            items = schema.get("items", {})
            enough = len(value) >= schema.get("minItems", 0)
            return enough and all(accepts(items, item, root) for item in value)
        case dict():
            known = schema.get("properties", {})
            others = schema.get("additionalProperties", {})
            return set(schema.get("required", [])) <= value.keys() and all(
                (key in known or others is not False)
                and accepts(known.get(key, others), item, root)
                for key, item in value.items()
            )
        case int() if not isinstance(value, bool):
            return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
        case _:
            return True


def schema() -> Table:
    return cast("Table", pairfile.schema())


@pytest.mark.parametrize("name", ["pair.yaml", "dual-stack.yaml"])
def test_accepts_the_examples(name: str) -> None:
    table = schema()
    assert accepts(table, yaml.safe_load((EXAMPLES / name).read_text()), table)


@pytest.mark.parametrize(
    "change", [{"nmae": "web"}, {"name": 7}, {"guests": []}, {"timeout": 5}, {"policy": "leats"}]
)
def test_refuses_what_the_loader_refuses(change: dict[str, object]) -> None:
    table = schema()
    document = yaml.safe_load((EXAMPLES / "pair.yaml").read_text())
    assert not accepts(table, document | change, table)


def test_names_its_draft_and_describes_every_key() -> None:
    table = schema()
    assert table["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for part in [table, *table["$defs"].values()]:
        assert part["additionalProperties"] is False
        assert part["description"]
        for name, key in part["properties"].items():
            assert "description" in key, name


def test_shows_defaults_as_one_would_write_them() -> None:
    table = schema()
    assert table["properties"]["timeout"]["default"] == "5m"
    assert table["$defs"]["SizeTable"]["properties"]["memory"]["default"] == "512MiB"


def test_never_offers_null() -> None:
    assert "null" not in str(pairfile.schema())
