"""Ansible's community.vmware modules: another program with an opinion on port groups."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from project import ROOT
from switchgroups import ACCEPT
from vipprov.hv.switchgroup import OwnPolicy
from vsphere.simulator import Simulator

PLAYBOOK = ROOT / "tests" / "vsphere" / "portgroups.yml"
Policies = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What it says: whether policies are as expected, and those that it reads, by name."""

    as_expected: Mapping[str, bool]
    distributed: Mapping[str, Mapping[str, Any]]
    standard: Mapping[str, list[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondTool:
    """The tool, the simulator that it talks to, and a folder for its notes."""

    place: Path
    simulator: Simulator
    notes: Path

    def run(
        self, *, expected: Policies | None = None, distributed: Policies, standard: Policies
    ) -> Told:
        """Let it compare and tell what is there, then set these policies."""
        names = tuple(expected or ())
        orders = {
            "compared": _listed(expected or {}),
            "distributed": _listed(distributed),
            "standard": _listed(standard),
            "answer": str(self.notes / "answer.json"),
            "ansible_python_interpreter": str(self._python),
        }
        written = self.notes / "orders.json"
        written.write_text(json.dumps(orders))
        playbook = ["-m", "ansible.cli.playbook", "-i", "localhost,", "-c", "local"]
        done = subprocess.run(
            [self._python, *playbook, "-e", f"@{written}", PLAYBOOK],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        answer = json.loads((self.notes / "answer.json").read_text())
        return Told(
            as_expected=dict(zip(names, (not one for one in answer["changed"]), strict=True)),
            distributed={one["portgroup_name"]: one for one in answer["distributed"]},
            standard={one["portgroup"]: one["security"] for one in answer["standard"]},
        )

    @property
    def _python(self) -> Path:
        return self.place / "bin" / "python"

    def _environment(self) -> dict[str, str]:
        host, _, port = self.simulator.url.partition("@")[2].partition(":")
        return {
            **os.environ,
            "VMWARE_HOST": host,
            "VMWARE_PORT": port,
            "VMWARE_USER": "administrator",
            "VMWARE_PASSWORD": self.simulator.environment["VCSIM_PASSWORD"],
            "SSL_CERT_FILE": str(self.simulator.ca),
            "ANSIBLE_COLLECTIONS_PATH": str(self.place / "collections"),
            "ANSIBLE_HOME": str(self.notes / "home"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
        }


def made(simulator: Simulator, notes: Path) -> SecondTool:
    """Return the tool, installed if it is not yet."""
    done = subprocess.run(
        [ROOT / "scripts" / "ansible"], stdout=subprocess.PIPE, text=True, check=True
    )
    return SecondTool(place=Path(done.stdout.strip()), simulator=simulator, notes=notes)


def standard(own: OwnPolicy) -> dict[str, object]:
    """Return a policy in the words of its module for standard port groups."""
    words = {
        "promiscuous_mode": own.promiscuous,
        "mac_changes": own.mac_changes,
        "forged_transmits": own.forged_transmits,
    }
    return {name: word is ACCEPT for name, word in words.items() if word is not None}


def distributed(own: OwnPolicy) -> dict[str, object]:
    """Return a policy in the words of its module for distributed port groups."""
    if own.inherited:
        return {"inherited": True}
    policy: dict[str, object] = {
        "inherited": False,
        "promiscuous": own.promiscuous is ACCEPT,
        "mac_changes": own.mac_changes is ACCEPT,
        "forged_transmits": own.forged_transmits is ACCEPT,
    }
    if own.learning is not None and own.learning.limit_policy is not None:
        policy["mac_learning"] = {
            "enabled": own.learning.enabled,
            "allow_unicast_flooding": own.learning.unicast_flooding,
            "limit": own.learning.limit,
            "limit_policy": own.learning.limit_policy.value,
        }
    return policy


def _listed(policies: Policies) -> list[dict[str, object]]:
    return [{"name": name, "policy": policy} for name, policy in policies.items()]
