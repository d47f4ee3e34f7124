"""Read properties of many objects in one go: a container view and one property collector."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyVmomi import vim, vmodl

from vipprov.hv.vsphere.session import Session

PAGE = 1000

_Spec = vmodl.query.PropertyCollector


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The properties of one object that it has; what is unset, or may not be read, is None."""

    reference: Any
    properties: Mapping[str, Any]

    def __getitem__(self, path: str) -> Any:  # noqa: ANN401  the SDK's own types
        return self.properties.get(path)

    @property
    def key(self) -> str:
        """The name that the object has for good."""
        return str(self.reference._moId)  # noqa: SLF001  pyVmomi has no public name for it


def everything(
    session: Session, kind: type, paths: Iterable[str], *, page: int = PAGE
) -> tuple[Read, ...]:
    """Return these properties of every object of a kind under the session's root."""

    def retrieve() -> tuple[Read, ...]:
        view = session.content.viewManager.CreateContainerView(session.root, [kind], True)  # noqa: FBT003
        try:
            step = _Spec.TraversalSpec(
                name="view", path="view", skip=False, type=vim.view.ContainerView
            )
            start = _Spec.ObjectSpec(obj=view, skip=True, selectSet=[step])
            return _pages(session, kind, paths, [start], page=page)
        finally:
            view.DestroyView()

    return session.call(f"read {_plural(kind)}", retrieve)


def these(
    session: Session,
    kind: type,
    objects: Iterable[Any],
    paths: Iterable[str],
) -> tuple[Read, ...]:
    """Return these properties of these objects."""
    chosen = [_Spec.ObjectSpec(obj=one) for one in objects]
    if not chosen:
        return ()
    return session.call(f"read {_plural(kind)}", lambda: _pages(session, kind, paths, chosen))


def _pages(
    session: Session,
    kind: type,
    paths: Iterable[str],
    objects: list[Any],
    *,
    page: int = PAGE,
) -> tuple[Read, ...]:
    wanted = _Spec.PropertySpec(type=kind, pathSet=list(paths), all=False)
    spec = _Spec.FilterSpec(propSet=[wanted], objectSet=objects)
    collector = session.content.propertyCollector
    answer = collector.RetrievePropertiesEx([spec], _Spec.RetrieveOptions(maxObjects=page))
    found: list[Read] = []
    while answer is not None:
        found += (
            Read(reference=one.obj, properties={each.name: each.val for each in one.propSet})
            for one in answer.objects
        )
        token = answer.token
        answer = collector.ContinueRetrievePropertiesEx(token) if token else None
    return tuple(found)


def _plural(kind: type) -> str:
    names: dict[type, str] = {
        vim.dvs.DistributedVirtualPortgroup: "the distributed port groups",
        vim.DistributedVirtualSwitch: "the distributed switches",
        vim.HostSystem: "the hosts",
        vim.VirtualMachine: "the machines",
        vim.Task: "how far a task is",
    }
    return names.get(kind, "the inventory")
