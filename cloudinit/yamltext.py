"""Documents as YAML text, by a serialiser: whatever is in a value stays inside that value."""

from collections.abc import Mapping

import yaml


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and no anchors: a person may read the documents."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  the base class names it
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # The emitter itself falls back to quotes where a block would change the text.
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump(document: Mapping[str, object]) -> str:
    """Return the document as YAML, keys in their own order, the same text every time."""
    return yaml.dump(
        dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**16
    )
