"""An answer of very many objects, read without the SDK: alike or not, however it is written."""

import pytest

from vipprov.hv.vsphere import stream
from vipprov.hv.vsphere.stream import Page, Pointer

XSI = "http://www.w3.org/2001/XMLSchema-instance"
POLICY = "<inherited>false</inherited><macChanges><value>true</value></macChanges>"


def answer(*objects: str, further: str = "", name: str = "") -> bytes:
    """Return an answer of vSphere; `name` is a prefix for its namespace, if it has one."""
    declared = f"xmlns:{name}" if name else "xmlns"
    body = f"<Response><returnval>{further}{''.join(objects)}</returnval></Response>"
    if name:
        body = body.replace("</", f"\0{name}:").replace("<", f"<{name}:").replace("\0", "</")
    first = body.index(">")
    return f'{body[:first]} {declared}="urn:vim25" xmlns:xsi="{XSI}"{body[first:]}'.encode()


def group(key: str, name: str, policy: str = POLICY) -> str:
    """Return a port group as it is written."""
    return (
        f'<objects><obj type="DistributedVirtualPortgroup">{key}</obj>'
        f'<propSet><name>name</name><val xsi:type="xsd:string">{name}</val></propSet>'
        f'<propSet><name>config.policy</name><val xsi:type="DVSSecurityPolicy">{policy}</val>'
        "</propSet></objects>"
    )


def told(page: Page) -> list[tuple[Pointer, str, object, object]]:
    """Return key, name and two fields of the policy of each object."""
    return [
        (key, read["name"], policy.inherited, policy.macChanges and policy.macChanges.value)
        for key, read in page.objects
        for policy in [read["config.policy"]]
    ]


@pytest.mark.parametrize("prefix", ["", "vim"])
def test_each_object_has_its_own_properties_and_what_is_alike_too(prefix: str) -> None:
    other = "<inherited>true</inherited>"
    found = stream.parsed(
        answer(
            group("g1", "one"),
            group("g2", "two"),
            group("g3", "one", other),
            group("g4", "three"),
            further="<token>next</token>",
            name=prefix,
        )
    )
    assert found.token == "next"  # noqa: S105  of a page
    assert told(found) == [
        (Pointer("g1"), "one", False, True),
        (Pointer("g2"), "two", False, True),
        (Pointer("g3"), "one", True, None),
        (Pointer("g4"), "three", False, True),
    ]


def test_what_is_alike_is_one_value() -> None:
    (_, first), (_, second) = stream.parsed(answer(group("g1", "a"), group("g2", "b"))).objects
    assert first["config.policy"] is second["config.policy"]


def test_property_of_an_object_that_has_no_value_is_not_there() -> None:
    bare = '<objects><obj type="DistributedVirtualPortgroup">g1</obj></objects>'
    assert stream.parsed(answer(bare)) == Page(objects=((Pointer("g1"), {}),), token=None)


def test_names_may_hold_what_looks_like_tags_once_it_is_written_out() -> None:
    name = "&lt;/propSet&gt;&lt;again&gt;0&lt;/again&gt; ü"
    found = stream.parsed(answer(group("g1", name), group("g2", name)))
    assert {one[1] for one in told(found)} == {"</propSet><again>0</again> ü"}
