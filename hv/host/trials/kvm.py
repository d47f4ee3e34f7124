"""Run a few instructions in a virtual machine: /dev/kvm alone proves nothing.

The virtual CPU counts in 64-bit mode behind page tables of its own, as any guest's kernel does, and
it must be quick about it: without hardware some hosts carry out each instruction in software, a
thousand times slower, with the same answers.
"""

import ctypes
import fcntl
import mmap
import os
import platform
import struct
import time
from pathlib import Path

from vipprov.hv.host.trials import ending

DEVICE = Path("/dev/kvm")
# From linux/kvm.h, for x86-64.
KVM_CREATE_VM = 0xAE01
KVM_GET_VCPU_MMAP_SIZE = 0xAE04
KVM_CREATE_VCPU = 0xAE41
KVM_SET_USER_MEMORY_REGION = 0x4020AE46
KVM_RUN = 0xAE80
KVM_GET_REGS = 0x8090AE81
KVM_SET_REGS = 0x4090AE82
KVM_GET_SREGS = 0x8138AE83
KVM_SET_SREGS = 0x4138AE84
KVM_EXIT_HLT = 5
EXIT_REASON = 8

PAGE = 4096
ROOT, DIRECTORIES, TABLE, CODE = (page * PAGE for page in (1, 2, 3, 4))
MEMORY = 5 * PAGE
PRESENT, HUGE = 0x3, 0x80
# mov ecx, 100000 · again: inc rax · dec ecx · jnz again · hlt
PROGRAM = bytes.fromhex("b9a0860100 48ffc0 ffc9 75f9 f4")
COUNT = 100_000
# Hardware needs well below a millisecond of CPU time for it, emulation some 300.
QUICK = 0.05

SEGMENT = "QIH8BBB"  # struct kvm_segment: base, limit, selector, flags, unusable, padding
SEGMENT_SIZE = struct.calcsize(SEGMENT)
CONTROL = 8 * SEGMENT_SIZE + 2 * 16  # cr0, cr2, cr3, cr4, cr8, efer lie behind the segments
SREGS_SIZE = 312
PAGING_AND_PROTECTION, ADDRESS_EXTENSION, LONG_MODE = 0x80000011, 0x20, 0x500
REGISTERS = 18
RAX, RIP, RFLAGS = 0, 16, 17


def attempt() -> str:
    """Return a sentence if the virtual CPU counted to the end; OSError with the reason if not."""
    if platform.machine() != "x86_64":
        raise ending.UntoldError(f"tried on x86_64 only, and this is {platform.machine()}")
    if not DEVICE.exists():
        raise FileNotFoundError(f"there is no {DEVICE}")
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        raise ending.UntoldError(f"{DEVICE} may not be opened by this user")
    device = os.open(DEVICE, os.O_RDWR | os.O_CLOEXEC)
    machine = fcntl.ioctl(device, KVM_CREATE_VM, 0)
    memory = mmap.mmap(-1, MEMORY)
    _fill(memory)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    region = struct.pack("IIQQQ", 0, 0, 0, MEMORY, address)
    fcntl.ioctl(machine, KVM_SET_USER_MEMORY_REGION, region)
    return _run(device, fcntl.ioctl(machine, KVM_CREATE_VCPU, 0))


def _fill(memory: mmap.mmap) -> None:
    """Write page tables that map the first 2 MiB onto themselves, and the program."""
    struct.pack_into("Q", memory, ROOT, DIRECTORIES | PRESENT)
    struct.pack_into("Q", memory, DIRECTORIES, TABLE | PRESENT)
    struct.pack_into("Q", memory, TABLE, PRESENT | HUGE)
    memory[CODE : CODE + len(PROGRAM)] = PROGRAM


def _run(device: int, cpu: int) -> str:
    special = bytearray(SREGS_SIZE)
    fcntl.ioctl(cpu, KVM_GET_SREGS, special)
    _enter_long_mode(special)
    fcntl.ioctl(cpu, KVM_SET_SREGS, bytes(special))
    registers = [0] * REGISTERS
    registers[RIP], registers[RFLAGS] = CODE, 2
    fcntl.ioctl(cpu, KVM_SET_REGS, struct.pack(f"{REGISTERS}Q", *registers))
    with mmap.mmap(cpu, fcntl.ioctl(device, KVM_GET_VCPU_MMAP_SIZE, 0)) as shared:
        before = time.process_time()
        fcntl.ioctl(cpu, KVM_RUN, 0)
        spent = time.process_time() - before
        (reason,) = struct.unpack_from("I", shared, EXIT_REASON)
    after = bytearray(REGISTERS * 8)
    fcntl.ioctl(cpu, KVM_GET_REGS, after)
    counted = struct.unpack(f"{REGISTERS}Q", after)[RAX]
    return judge(reason=int(reason), counted=counted, spent=spent)


def judge(*, reason: int, counted: int, spent: float) -> str:
    """Return a sentence if that was a virtual CPU at work; OSError with the reason if not."""
    if reason != KVM_EXIT_HLT or counted != COUNT:
        raise OSError(f"a virtual CPU stopped at {counted} of {COUNT}, for reason {reason}")
    if spent > QUICK:
        raise OSError(
            f"a virtual CPU is emulated in software: {spent:.2f} s for what takes 0.001 s"
        )
    return "a virtual CPU ran in 64-bit mode, at full speed"


def _enter_long_mode(special: bytearray) -> None:
    # type, present, dpl, db, s, l, g, avl: 64-bit code, then flat data.
    code = struct.pack(SEGMENT, 0, 0xFFFFFFFF, 8, 11, 1, 0, 0, 1, 1, 1, 0, 0, 0)
    data = struct.pack(SEGMENT, 0, 0xFFFFFFFF, 16, 3, 1, 0, 1, 1, 0, 1, 0, 0, 0)
    special[: 6 * SEGMENT_SIZE] = code + 5 * data
    struct.pack_into("Q", special, CONTROL, PAGING_AND_PROTECTION)
    struct.pack_into("QQ", special, CONTROL + 16, ROOT, ADDRESS_EXTENSION)
    struct.pack_into("Q", special, CONTROL + 40, LONG_MODE)


if __name__ == "__main__":
    ending.run(attempt)
