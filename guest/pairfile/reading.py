"""The way from bytes to a pair. The mistakes of all its stages are gathered before any is told."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from vipprov.guest.pair import Pair
from vipprov.guest.pairfile import build, complaints, draft, marked, node, rules, source
from vipprov.guest.pairfile.marked import Page
from vipprov.guest.pairfile.mistake import Complaint, refuse
from vipprov.guest.pairfile.model import PairTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A pair, and the bare keys and values of its file as JSON, which is YAML.

    The text leaves out comments, which may say what is nobody else's business, and reads as an
    equal pair at the same path.
    """

    pair: Pair
    text: str


def reading(data: bytes, *, path: Path) -> Reading:
    """Return the pair that these bytes describe."""
    refuse(path, source.faults(data))
    page = marked.read(data.decode("utf-8-sig"))
    plain = node.plain(page.root)
    found = _in_tables(plain, page)
    # Rules speak of what is missing, too: of a torn file nobody knows what would have followed.
    if page.torn is None:
        found.extend(rules.complaints(draft.sketch(plain)))
    placed = [node.place(page.root, one) for one in found if not node.broken(page.root, one.trail)]
    known = [one for one in placed if page.torn is None or one.at.line < page.torn]
    refuse(path, (*page.mistakes, *known))
    return Reading(
        pair=build.pair(PairTable.model_validate(plain), folder=path.parent.absolute()),
        # Not escaped: YAML does not put the two halves of a surrogate pair together again.
        text=json.dumps(plain, ensure_ascii=False),
    )


def _in_tables(plain: object, page: Page) -> list[Complaint]:
    try:
        PairTable.model_validate(plain)
    except ValidationError as error:
        found = complaints.of(error, page.root)
        return [one for one in found if page.torn is None or not complaints.is_absence(one)]
    return []
