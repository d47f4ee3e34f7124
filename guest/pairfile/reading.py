"""The way from bytes to a pair. The mistakes of all its stages are gathered before any is told."""

from pathlib import Path

from pydantic import ValidationError

from vipprov.guest.pair import Pair
from vipprov.guest.pairfile import build, complaints, draft, marked, node, rules, source
from vipprov.guest.pairfile.marked import Page
from vipprov.guest.pairfile.mistake import Complaint, refuse
from vipprov.guest.pairfile.model import PairTable


def pair(data: bytes, *, path: Path) -> Pair:
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
    return build.pair(PairTable.model_validate(plain), folder=path.parent.absolute())


def _in_tables(plain: object, page: Page) -> list[Complaint]:
    try:
        PairTable.model_validate(plain)
    except ValidationError as error:
        found = complaints.of(error, page.root)
        return [one for one in found if page.torn is None or not complaints.is_absence(one)]
    return []
