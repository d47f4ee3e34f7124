"""Prove a pair that nobody has looked at before."""

from vipprov.guest.deadline import Deadline
from vipprov.guest.pair import Pair
from vipprov.hv.vantage import Vantages
from vipprov.pipelines import verify
from vipprov.pipelines.earlylooks import early_looks
from vipprov.pipelines.fabriclook import LABS, Fabrics
from vipprov.pipelines.look import Ground
from vipprov.pipelines.posting import posted
from vipprov.pipelines.verify import Report


def proven(
    pair: Pair,
    ground: Ground,
    *,
    by: Deadline,
    vantages: Vantages | None = None,
    fabrics: Fabrics = LABS,
) -> Report:
    """Return what the proof comes to."""
    with (
        posted(pair, ground.port_groups, by=by, vantages=vantages) as posts,
        early_looks(pair, ground.machines, posts, fabrics, by=by) as early,
    ):
        return verify.prove(posts, early, pair, ground, by=by, fabrics=fabrics)
