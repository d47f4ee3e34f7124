import pytest

from vipprov.hv.host.trials import kvm


def test_a_cpu_that_counts_quickly_works() -> None:
    told = kvm.judge(reason=kvm.KVM_EXIT_HLT, counted=kvm.COUNT, spent=0.0004)
    assert "full speed" in told


def test_a_cpu_that_counts_slowly_is_emulated() -> None:
    with pytest.raises(OSError, match="emulated"):
        kvm.judge(reason=kvm.KVM_EXIT_HLT, counted=kvm.COUNT, spent=0.3)


@pytest.mark.parametrize(("reason", "counted"), [(17, 0), (kvm.KVM_EXIT_HLT, 7), (9, kvm.COUNT)])
def test_a_cpu_that_stops_early_does_not_work(reason: int, counted: int) -> None:
    with pytest.raises(OSError, match="stopped"):
        kvm.judge(reason=reason, counted=counted, spent=0.0)
