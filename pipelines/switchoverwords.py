"""What a switchover came to, as text for people and as a document for programs. Pure."""

from vipprov.guest.errors import CheckFailedError
from vipprov.pipelines import failoverwords
from vipprov.pipelines.switchover import Moved


def text(moved: Moved) -> str:
    """Return what each vantage point saw, and one line that sums it up."""
    views = (f"  {failoverwords.view_line(view)}" for view in moved.span.views)
    line = f"{moved.pair}: {moved.before} handed over to {moved.after}, {outcome(moved)}"
    return "\n".join((*views, line))


def outcome(moved: Moved) -> str:
    """Return what was lost, and how often a virtual MAC moved."""
    moves = f"moves {moved.moves}" if moved.span.has_cables else "moves not seen from here"
    return f"{moved.span.lost} packets lost, MAC {moves}"


def demand_clean(moved: Moved) -> None:
    """Raise CheckFailedError where something was lost, or a MAC was seen to move too often."""
    if moved.is_clean is False:
        raise CheckFailedError(
            f"{moved.pair} has moved, but not without a trace: {outcome(moved)}."
        )


def document(moved: Moved) -> dict[str, object]:
    """Return the switchover as a JSON document."""
    return {
        "pair": moved.pair,
        "changed": True,
        "from": moved.before,
        "to": moved.after,
        "lost": moved.span.lost,
        "mac_moves": moved.moves if moved.span.has_cables else None,
        "clean": moved.is_clean,
        "seen": failoverwords.span_document(moved.span),
    }
