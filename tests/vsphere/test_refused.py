"""Each way not to get in has a message and an exit code of its own, and no traceback."""

import hashlib
import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.command import Ended, vipprov
from project import ROOT
from vipprov.hv.vsphere.access import CA, PASSWORD, THUMBPRINT
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere


def listed(simulator: Simulator, url: str = "", **changes: str) -> Ended:
    environment = {**os.environ, **simulator.environment, **changes}
    return vipprov("portgroup", "list", url or simulator.url, "--json", environment=environment)


def place(simulator: Simulator) -> tuple[str, str]:
    host, _, port = simulator.url.partition("@")[2].partition(":")
    return host, port


@pytest.mark.parametrize(
    ("url", "changes", "code", "message"),
    [
        ("", {"VCSIM_PASSWORD": "wrong"}, 4, "InvalidLogin"),
        ("", {PASSWORD: ""}, 2, PASSWORD),
        ("", {PASSWORD: "plain"}, 2, "no reference"),
        ("", {CA: ""}, 4, f"Name its authority with {CA}"),
        ("", {CA: "/etc/hosts"}, 4, f"is {CA} a file of certificates?"),
        ("", {CA: "/nonesuch"}, 3, f"{CA} names a file that is not there"),
        ("", {CA: "", THUMBPRINT: "00" * 32}, 4, "is not the server that"),
        ("vsphere://a@no-such-host.invalid/DC0", {}, 4, "Is the host's name right?"),
        ("vsphere://a@127.0.0.1:1/DC0", {}, 4, "Nothing listens there"),
        ("vsphere://{host}:{port}", {}, 2, "names no user"),
        ("vsphere://a@{host}:{port}/nonesuch", {}, 3, "has no datacenter nonesuch"),
        ("vsphere://a@{host}:{port}/nonesuch", {}, 3, "It has: DC0"),
        ("vsphere://a@{host}:{port}/Zürich", {}, 3, "has no datacenter Zürich"),
        ("vsphere://a:b@{host}:{port}/DC0", {}, 2, "VIPPROV_VSPHERE_PASSWORD says where"),
        ("qemu:///system", {}, 2, "no virtual switches"),
    ],
)
def test_refusal_says_what_is_wrong(
    simulator: Simulator, url: str, changes: dict[str, str], code: int, message: str
) -> None:
    host, port = place(simulator)
    done = listed(simulator, url.format(host=host, port=port), **changes)
    assert done.code == code, done.err
    assert message in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.fixture
def own(simulator: Simulator, tmp_path: Path) -> tuple[Simulator, Path]:
    return simulator, tmp_path / "web.yaml"


PAIR = """\
name: web
hypervisor: {url}
port_group: DC0_DVPG0
vip: {{addresses: [10.50.50.50/24], virtual_router_id: 50}}
guests:
  - {{name: web-1, addresses: [10.50.50.51/24]}}
  - {{name: web-2, addresses: [10.50.50.52/24]}}
password: env:GUEST_PASSWORD
"""


@pytest.mark.parametrize(
    ("place", "change", "end"),
    [
        ("{own}", {"VCSIM_PASSWORD": "wrong"}, (4, "InvalidLogin")),
        ("{own}", {CA: ""}, (4, f"Name its authority with {CA}")),
        ("a@no-such-host.invalid/DC0", {}, (4, "Is the host's name right?")),
        ("a@127.0.0.1:1/DC0", {}, (4, "Nothing listens there")),
        ("{own}/nonesuch", {}, (3, "has no datacenter nonesuch")),
    ],
)
@pytest.mark.parametrize("verb", ["plan", "create", "list"])
def test_commands_about_pairs_say_the_same(
    own: tuple[Simulator, Path],
    verb: str,
    place: str,
    change: dict[str, str],
    end: tuple[int, str],
) -> None:
    simulator, file = own
    url = "vsphere://" + place.format(own=simulator.url.partition("://")[2])
    file.write_text(PAIR.format(url=url))
    about = ["--on", url] if verb == "list" else [str(file)]
    environment = {**os.environ, **simulator.environment, "GUEST_PASSWORD": "x", **change}
    done = vipprov("vm", verb, *about, environment=environment)
    code, message = end
    assert done.code == code, done.err
    assert message in done.err
    assert "Traceback" not in done.err


def test_thumbprint_lets_in_without_an_authority(simulator: Simulator) -> None:
    host, port = place(simulator)
    text = ssl.get_server_certificate((host, int(port)), ca_certs=str(simulator.ca))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest()
    done = listed(simulator, **{CA: "", THUMBPRINT: digest})
    assert done.code == 0, done.err


def test_datacenter_of_the_address_is_found(simulator: Simulator) -> None:
    assert listed(simulator, f"{simulator.url}/DC0").document == listed(simulator).document


def test_read_only_user_may_audit_and_is_told_what_permit_lacks(simulator: Simulator) -> None:
    denied = ["DVPortgroup.Modify", "Host.Config.Network", "Global.SetCustomField"]
    simulator.order(deny={"auditor": denied})
    url = simulator.url.replace("administrator@", "auditor@")
    assert listed(simulator, url).code == 0
    environment = {**os.environ, **simulator.environment}
    refused = vipprov("portgroup", "permit", "DC0_DVPG0", "--on", url, environment=environment)
    assert refused.code == 4
    assert "missing privilege: Global.SetCustomField" in refused.err


@pytest.fixture(scope="module", params=["6.0", "6.5"])
def old(request: pytest.FixtureRequest, runs: Path) -> Iterator[tuple[str, Simulator]]:
    version: str = request.param
    for simulator in started("vcenter", runs / version, "-api", version):
        yield version, simulator


def test_old_api_is_refused_or_read_without_mac_learning(old: tuple[str, Simulator]) -> None:
    version, simulator = old
    done = listed(simulator)
    if version == "6.0":
        assert (done.code, "speaks no API version" in done.err) == (4, True)
    else:
        assert done.code == 0, done.err
        assert {group["can_learn"] for group in done.document} == {False}


def test_what_is_no_vcenter_is_said_to_be_none(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*make, *subject, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    serve: list[str | Path] = [
        "openssl",
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-www",
        "-key",
        key,
        "-cert",
        certificate,
    ]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            accepting = next(line for line in server.stdout if line.startswith("ACCEPT"))
            url = f"vsphere://a@{accepting.split()[1]}"
            environment = {CA: str(certificate), PASSWORD: "env:P", "P": "p"}
            done = vipprov("portgroup", "list", url, environment={**os.environ, **environment})
        finally:
            server.terminate()
    assert done.code == 4
    assert "speaks no API version" in done.err


def test_simulator_is_described_by_one_document(vcenter: Simulator, runs: Path) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "vcsim", "up"],
        env={**os.environ, "VIPPROV_VCSIM_RUN": str(runs)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["url"] == vcenter.url
