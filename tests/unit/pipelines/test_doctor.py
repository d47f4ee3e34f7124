import json
from dataclasses import replace

import schemas
from vipprov.guest.check import Check, Verdict
from vipprov.hv.host import checks, packages
from vipprov.hv.host.packages import LXC, QEMU
from vipprov.pipelines import doctor

FINE = Check(id="macvlan", subject=LXC, expected="made", seen="made one", verdict=Verdict.PASS)
MISSING = replace(
    FINE,
    id="tool.mmdebstrap",
    seen="is not installed",
    verdict=Verdict.FAIL,
    next_move=f"{packages.APT} mmdebstrap",
)


def test_what_only_qemu_lacks_does_not_count() -> None:
    assert doctor.readiness((FINE, replace(MISSING, subject=QEMU))) is Verdict.PASS
    assert doctor.readiness((FINE, MISSING)) is Verdict.FAIL


def test_what_cannot_be_told_is_neither_a_lack_nor_a_promise() -> None:
    untold = replace(MISSING, verdict=Verdict.UNKNOWN)
    assert doctor.readiness((FINE, untold)) is Verdict.UNKNOWN
    assert doctor.readiness((FINE, untold, MISSING)) is Verdict.FAIL
    assert "could be told" in doctor.text((FINE, untold))


def test_text_groups_by_need_and_ends_with_one_command() -> None:
    text = doctor.text((FINE, MISSING, replace(FINE, id="kvm", subject=QEMU)))
    assert text.index("for lxc:///system") < text.index("tool.mmdebstrap")
    assert text.index("tool.mmdebstrap") < text.index("for qemu:///system")
    assert text.splitlines()[-1].endswith(f"{packages.APT} mmdebstrap")
    assert "not ready" in text


def test_one_command_installs_the_binding_to_libvirt_too() -> None:
    found = (MISSING, checks.binding(found=False))
    assert doctor.install_line(found) == (
        f"{packages.APT} mmdebstrap libvirt-dev python3-dev gcc pkg-config"
        " && pip install 'vipprov[libvirt]'"
    )


def test_the_document_is_json_with_the_verdict_in_words() -> None:
    document = json.loads(json.dumps(doctor.document((FINE, MISSING))))
    schemas.require("doctor", document, closed=True)
    assert document["verdict"] == "fail"
    assert [check["verdict"] for check in document["checks"]] == ["pass", "fail"]
