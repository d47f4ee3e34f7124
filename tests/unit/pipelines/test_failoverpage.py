"""The page of a fail-over: golden, self-contained, and no words of others become markup."""

import re
from dataclasses import replace

from drawn import broken, cured
from golden_files import assert_golden
from vipprov.pipelines import failoverpage
from vipprov.pipelines.failoverpage import Column

BOTH = (
    Column(title="without a virtual MAC", series=broken()),
    Column(title="with a virtual MAC", series=cured()),
)


def test_the_page_of_a_series_is_as_it_was_looked_at() -> None:
    assert_golden("page/failover.html", failoverpage.page(cured()))


def test_pairs_stand_side_by_side_on_one_scale() -> None:
    assert_golden("page/comparison.html", failoverpage.comparison(BOTH))


def test_a_page_needs_no_network_and_runs_no_script() -> None:
    page = failoverpage.comparison(BOTH)
    assert not re.search(r"https?:|src=|href=|url\(|@import|<script", page)


def test_what_others_named_stays_text() -> None:
    page = failoverpage.comparison(BOTH)
    assert "<plain" not in page
    assert "&lt;plain &amp; bare&gt;" in page


def test_what_only_cables_tell_is_said_not_to_be_seen_without_them() -> None:
    (one,) = cured().rounds
    elsewhere = replace(one.there.fault_span, adverts=(), moves=(), has_cables=False)
    rounds = (replace(one, there=replace(one.there, fault_span=elsewhere)),)
    page = failoverpage.page(replace(cured(), rounds=rounds))
    assert "adverts (not seen)" in page
    assert "MAC moves (not seen)" in page


def test_a_client_that_is_not_back_is_said_to_be_out_for_longer_than_was_watched() -> None:
    page = failoverpage.page(broken())
    assert "over 5980 ms" in page
    assert "NOT as expected" in page
