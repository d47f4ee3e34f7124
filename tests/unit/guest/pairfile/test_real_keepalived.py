"""Real keepalived takes what becomes of any valid pair file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from keepalived_members import Member
from strategies import Document, as_yaml, pair_documents
from vipprov.guest import pairfile, render

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Member]:
    made = Member("pairfile", tmp_path_factory.mktemp("pairfile"))
    try:
        for number, link in enumerate(("eth0", "ens192", "enp1s0")):
            made.do("ip", "link", "add", link, "type", "veth", "peer", "name", f"far{number}")
            made.do("ip", "link", "set", link, "up")
        pair = pairfile.load(Path(__file__).parents[4] / "examples/pair.yaml")
        made.write(render.configuration(pair, pair.guests[0]))
        yield made
    finally:
        made.close()


@given(document=pair_documents())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_keepalived_takes_every_valid_pair_file(member: Member, document: Document) -> None:
    pair = pairfile.parse(as_yaml(document), path=Path("web.yaml"))
    text = render.configuration(pair, pair.guests[-1]).file(render.KEEPALIVED_CONF).content
    member.path(render.KEEPALIVED_CONF).write_text(text)
    done = member.run("keepalived", "--config-test")
    assert (done.returncode, done.stdout + done.stderr) == (0, ""), text
