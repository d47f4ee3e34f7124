"""Policies that two programs must mean the same by."""

from switchgroups import ACCEPT, REJECT
from vipprov.hv.switchgroup import Learning, LimitPolicy, OwnPolicy

# Any two of the three settings meet in each pair of words.
STANDARD = tuple(
    OwnPolicy(promiscuous=promiscuous, mac_changes=mac_changes, forged_transmits=forged_transmits)
    for promiscuous, mac_changes, forged_transmits in (
        (None, None, None),
        (None, ACCEPT, ACCEPT),
        (None, REJECT, REJECT),
        (ACCEPT, None, ACCEPT),
        (ACCEPT, ACCEPT, REJECT),
        (ACCEPT, REJECT, None),
        (REJECT, None, REJECT),
        (REJECT, ACCEPT, None),
        (REJECT, REJECT, ACCEPT),
    )
)
NOT_SAID = Learning(inherited=True)
ALL_INHERITED = OwnPolicy(inherited=True, learning=NOT_SAID)


def learning(
    beyond: LimitPolicy, *, enabled: bool = True, flooding: bool = False, limit: int = 64
) -> Learning:
    return Learning(
        inherited=False,
        enabled=enabled,
        unicast_flooding=flooding,
        limit=limit,
        limit_policy=beyond,
    )


DISTRIBUTED = (
    ALL_INHERITED,
    *(
        OwnPolicy(
            promiscuous=promiscuous,
            mac_changes=mac_changes,
            forged_transmits=forged_transmits,
            learning=learnt,
        )
        for promiscuous, mac_changes, forged_transmits, learnt in (
            (ACCEPT, ACCEPT, REJECT, learning(LimitPolicy.DROP, enabled=False)),
            (ACCEPT, REJECT, ACCEPT, NOT_SAID),
            (REJECT, ACCEPT, ACCEPT, learning(LimitPolicy.ALLOW)),
            (REJECT, REJECT, ACCEPT, learning(LimitPolicy.DROP, flooding=True, limit=4096)),
            (REJECT, REJECT, REJECT, NOT_SAID),
        )
    ),
)
