"""A Mark as the text that is kept on a machine."""

import json
from datetime import datetime

from vipprov.guest.errors import HypervisorError
from vipprov.hv.mark import Mark, Moves


def dump(mark: Mark) -> str:
    """Return the mark as JSON."""
    return json.dumps(
        {
            "pair": mark.pair,
            "guest": mark.guest,
            "identity": mark.identity,
            "ingredients": dict(mark.ingredients),
            "source": mark.source,
            "origin": mark.origin,
            "ready": mark.ready,
            "pending": mark.pending,
        },
        sort_keys=True,
    )


def load(text: str) -> Mark:
    """Return the mark, or say that it is not one of ours."""
    try:
        table = json.loads(text)
        return Mark(
            pair=str(table["pair"]),
            guest=str(table["guest"]),
            identity=str(table["identity"]),
            ingredients=tuple(sorted((str(k), str(v)) for k, v in table["ingredients"].items())),
            source=str(table["source"]),
            origin=str(table["origin"]),
            ready=bool(table["ready"]),
            pending=bool(table["pending"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HypervisorError(
            "A machine's vipprov metadata cannot be read.",
            details=f"It is not what vipprov writes there: {type(error).__name__}: {error}.",
            hint="Was it made by a newer vipprov, or edited by hand?",
        ) from error


def dump_moves(moves: Moves) -> str:
    """Return MAC moves as JSON."""
    return json.dumps({mac: [moment.isoformat() for moment in moments] for mac, moments in moves})


def load_moves(text: str) -> Moves:
    """Return the moves; what cannot be read is as good as forgotten, for guests remember too."""
    try:
        table = json.loads(text) if text else {}
        return tuple(
            (str(mac), tuple(datetime.fromisoformat(moment) for moment in moments))
            for mac, moments in table.items()
        )
    except (ValueError, TypeError, AttributeError):
        return ()
