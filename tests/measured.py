"""Tables that a test measures and the documentation shows: what stands there was seen."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures or words by row, below a head whose first column names the rows."""

    head: Sequence[str]
    rows: Mapping[str, Sequence[str]]

    def __str__(self) -> str:
        ruler = "|---" * len(self.head) + "|\n"
        body = (_line((name, *row)) for name, row in self.rows.items())
        return "".join((_line(self.head), ruler, *body))

    def hold(self, document: Path, name: str) -> None:
        """Fail where the document shows another table under this name.

        UPDATE_GOLDEN=1 writes it anew instead.
        """
        before, begin, rest = document.read_text().partition(f"<!-- {name} -->\n")
        shown, end, after = rest.partition("<!-- end -->\n")
        assert begin, name
        assert end, name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            document.write_text("".join((before, begin, str(self), end, after)))
            return
        assert shown == str(self)


def _line(words: Sequence[str]) -> str:
    return f"| {' | '.join(words)} |\n"
