"""Records of port groups in a file, for a host that has no place of its own for them."""

import json
import os
from dataclasses import replace
from pathlib import Path

from vipprov.guest.errors import SpecError
from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import HostCheck, OwnPolicy, Record, SwitchGroup, SwitchGroups


class RecordsInFile:
    """Port groups whose records are in a file, by the key of each."""

    def __init__(self, groups: SwitchGroups, path: Path) -> None:
        self._groups = groups
        self._path = path

    def all(self) -> tuple[SwitchGroup, ...]:
        texts = self._texts()
        return tuple(_with_record(group, texts) for group in self._groups.all())

    def read(self, group: SwitchGroup) -> SwitchGroup:
        return _with_record(self._groups.read(group), self._texts())

    def host_checks(self) -> tuple[HostCheck, ...]:
        return self._groups.host_checks()

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        self._groups.write(group, own)

    def remember(self, group: SwitchGroup, record: Record | None) -> None:
        texts = {key: text for key, text in self._texts().items() if key != group.key}
        if record is not None:
            texts[group.key] = switchrecord.dump(record)
        # Whole or not at all: a run that is killed leaves the file as it was.
        fresh = self._path.with_name(f"{self._path.name}.new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(texts, file, indent=2, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def clone(self, source: SwitchGroup, name: str) -> None:
        self._groups.clone(source, name)

    def move(self, machine: str, source: SwitchGroup, target: SwitchGroup) -> None:
        self._groups.move(machine, source, target)

    def remove(self, group: SwitchGroup) -> None:
        self._groups.remove(group)

    def _texts(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SpecError(f"The records cannot be read: {self._path}.") from error
        if not isinstance(found, dict):
            raise SpecError(f"The file holds no records: {self._path}.")
        return found


def _with_record(group: SwitchGroup, texts: dict[str, str]) -> SwitchGroup:
    text = texts.get(group.key)
    return replace(group, record=None if text is None else switchrecord.load(text))
