from dataclasses import replace

from vipprov.guest.explanation import Explanation, Standing
from vipprov.guest.judgement import catalogue
from vipprov.pipelines import explanationwords

FAULTY = Explanation(
    standing=Standing.FAULTY,
    cause=catalogue.RP_FILTER,
    guests=("web-1",),
    says="web-1 drops it.",
    next_move="Set it to 0.",
    evidence=("rp-filter (web-1)", "ping (10.50.50.50 from leaf1)"),
)
HEALTHY = replace(FAULTY, standing=Standing.HEALTHY, cause=None, guests=(), says="All is well.")


def test_verdict_names_the_layer_first() -> None:
    assert explanationwords.text(FAULTY) == (
        "verdict: guest sysctl, rp-filter\n"
        "  cause:    web-1 drops it.\n"
        "  evidence: rp-filter (web-1), ping (10.50.50.50 from leaf1)\n"
        "  next:     Set it to 0."
    )


def test_what_is_not_explained_is_said() -> None:
    told = explanationwords.text(replace(FAULTY, unexplained=("mtu (web-2)",)))
    assert told.endswith("\n  not explained by it: mtu (web-2)")


def test_healthy_pair_is_told_so_and_blames_nothing() -> None:
    assert explanationwords.text(HEALTHY) == "verdict: healthy\n  All is well."
    document = explanationwords.document(HEALTHY)
    assert (document["standing"], document["layer"], document["cause"]) == ("healthy", None, None)


def test_document_has_words_that_programs_compare() -> None:
    document = explanationwords.document(FAULTY)
    assert (document["layer"], document["cause"]) == ("guest sysctl", "rp-filter")
    assert document["guests"] == ["web-1"]
    assert document["unexplained"] == []
