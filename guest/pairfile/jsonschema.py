"""JSON Schema of the pair file, for editors."""

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from vipprov.guest.pairfile.model import PairTable

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document() -> dict[str, object]:
    """Return the schema."""
    return {"$schema": DIALECT, **PairTable.model_json_schema(schema_generator=_WithoutNull)}


class _WithoutNull(GenerateJsonSchema):
    """A key that is not wanted is left out of the file; `null` is not a way to say so."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default") is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)
