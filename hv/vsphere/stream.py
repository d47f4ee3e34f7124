"""Read the properties of very many objects page by page, past pyVmomi's parser.

pyVmomi makes an object of each element, and checks it: with 10,000 port groups that is most of what
an audit costs. Here the answer to the same call, over the same session, becomes values of three
sorts: what is plain, a `Part` with fields, and a `Pointer` to another object.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from xml.etree import ElementTree as ET

from pyVmomi.SoapAdapter import SoapResponseDeserializer

_VIM: Final = "{urn:vim25}"
_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TOKEN: Final = f"{_VIM}token"
_OK: Final = 200
_FAULT: Final = 500
_FLAGS: Final = {"true": True, "false": False}


class Part:
    """A data object as it was read; a field that is not there is None."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the fields are those of the SDK
        return self._fields.get(name)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What names another object, under the name that it has in pyVmomi."""

    _moId: str  # noqa: N815


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the objects, and the token that leads to more of them."""

    objects: tuple[tuple[Pointer, dict[str, Any]], ...]
    token: str | None


def page(collector: Any, method: str, *arguments: object) -> Page:  # noqa: ANN401
    """Return what this method of a property collector answers; raise its fault."""
    with _answered(collector, method, arguments) as answer:
        document = ET.parse(answer)  # noqa: S314  from the server that was verified
    objects = tuple(map(_object, document.iter(f"{_VIM}objects")))
    return Page(objects=objects, token=next((one.text for one in document.iter(_TOKEN)), None))


@contextmanager
def _answered(collector: Any, method: str, arguments: tuple[object, ...]) -> Iterator[Any]:  # noqa: ANN401
    """Yield the body of a good answer; a connection that it fails on is not used again."""
    stub, info = collector._stub, getattr(type(collector), method).info  # noqa: SLF001
    headers = {
        "Cookie": stub.cookie,
        "SOAPAction": stub.versionId,
        "Content-Type": "text/xml; charset=UTF-8",
    }
    connection = stub.GetConnection()
    try:
        request = stub.SerializeRequest(collector, info, arguments)
        connection.request("POST", stub.path, request, headers)
        answer = connection.getresponse()
        _require_good(answer, stub, info)
        yield answer
        answer.read()
    except BaseException:
        connection.close()
        raise
    stub.ReturnConnection(connection)


def _require_good(answer: HTTPResponse, stub: Any, info: Any) -> None:  # noqa: ANN401
    """Raise the fault that the answer is, or say that it is none of vSphere's."""
    if answer.status == _FAULT:
        raise SoapResponseDeserializer(stub).Deserialize(answer, info.result)
    if answer.status != _OK:
        raise HTTPException(f"{answer.status} {answer.reason}")


def _object(element: ET.Element) -> tuple[Pointer, dict[str, Any]]:
    properties = {}
    reference = ""
    for child in element:
        if child.tag == f"{_VIM}obj":
            reference = child.text or ""
        elif child.tag == f"{_VIM}propSet":
            name, value = child
            properties[name.text or ""] = _value(value)
    return Pointer(reference), properties


def _value(element: ET.Element) -> Any:  # noqa: ANN401
    kind = element.get(_TYPE, "").rpartition(":")[2]
    match kind:
        case "string":
            return element.text or ""
        case "ManagedObjectReference":
            return Pointer(element.text or "")
        case _ if kind.startswith("ArrayOf"):
            return tuple(map(_part, element))
        case _:
            return _part(element)


def _part(element: ET.Element) -> Any:  # noqa: ANN401
    """Return a data object, or what is plain: its type is not told, and seen by how it is written.

    That is enough for policies. A string within an object may come out as a number.
    """
    if len(element):
        return Part({child.tag.removeprefix(_VIM): _part(child) for child in element})
    text = element.text or ""
    if text in _FLAGS:
        return _FLAGS[text]
    return int(text) if text.isdecimal() else text
