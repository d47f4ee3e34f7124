"""What a switchover came to, as text for people and as a document for programs. Pure."""

from vipprov.pipelines import failoverwords
from vipprov.pipelines.switchover import Moved


def text(moved: Moved) -> str:
    """Return what each vantage point saw, and one line that sums it up."""
    views = (f"  {failoverwords.view_line(view)}" for view in moved.span.views)
    outcome = (
        f"{moved.pair}: {moved.before} handed over to {moved.after}, "
        f"{moved.span.lost} packets lost, {_moves(moved)}"
    )
    return "\n".join((*views, outcome))


def _moves(moved: Moved) -> str:
    return f"MAC moves {moved.moves}" if moved.span.has_cables else "MAC moves not seen from here"


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
