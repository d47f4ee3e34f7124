"""A tree put onto a disk with a partition table and GRUB for a BIOS, without a loop device.

The layout is that of Debian's cloud images: the root is the first partition by number and the last
by place, so that it can grow.
"""

import shutil
import struct
import subprocess
from pathlib import Path

SECTOR = 512
SECTORS = 2 * 1024 * 1024 * 1024 // SECTOR
CORE_AT, CORE_SECTORS = 2048, 6144
ROOT_AT = 262144
# The last 33 sectors have the copy of the partition table.
ROOT_SECTORS = SECTORS - ROOT_AT - 2048
ROOT_PARTITION = "3e2b1c6a-6d0f-4b0e-9b63-0c1f2a7d5e01"
ROOT_SYSTEM = "8a4f6f7e-51c7-4a3e-8f0b-7d1f3c2b9a02"
TABLE = f"""\
label: gpt
1 : start={ROOT_AT}, size={ROOT_SECTORS}, uuid={ROOT_PARTITION}, \
type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
14 : start={CORE_AT}, size={CORE_SECTORS}, type=21686148-6449-6E6F-744E-656564454649
15 : start=8192, size=253952, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
"""
# What grub-mkconfig writes of the cloud images' /etc/default/grub.
MENU = """\
set timeout=5
serial --speed=115200
terminal_input console serial
terminal_output console serial
insmod part_gpt
insmod ext2
search --no-floppy --fs-uuid --set=root {system}
menuentry 'Debian GNU/Linux' {{
    insmod gzio
    linux /boot/vmlinuz-{release} root=PARTUUID={partition} ro console=tty0 \
console=ttyS0,115200 earlyprintk=ttyS0,115200 consoleblank=0
    initrd /boot/initrd.img-{release}
}}
"""
GRUB = "usr/lib/grub/i386-pc"
# GRUB's own boot.S and diskboot.S: where the one has the place of its other sector, and the other
# its list of what is to be read.
FIRST_CODE, CORE_PLACE, BLOCK_LIST = 440, 0x5C, 0x1F4
# The segment that the rest of the core is read to.
SEGMENT = 0x820


def make(tree: Path, raw: Path) -> None:
    """Write a disk that boots this tree by itself."""
    _install_menu(tree)
    core = _core(tree)
    with raw.open("wb") as file:
        file.truncate(SECTORS * SECTOR)
    subprocess.run(["sfdisk", "--quiet", raw], input=TABLE, text=True, check=True)
    _make_root(tree, raw)
    with raw.open("r+b") as file:
        file.write(_first_code((tree / GRUB / "boot.img").read_bytes()))
        file.seek(CORE_AT * SECTOR)
        file.write(_placed(core))


def _install_menu(tree: Path) -> None:
    """Put GRUB's modules and its menu where the core looks for them."""
    (kernel,) = (tree / "boot").glob("vmlinuz-*")
    release = kernel.name.removeprefix("vmlinuz-")
    shutil.copytree(tree / GRUB, tree / "boot/grub/i386-pc", dirs_exist_ok=True)
    menu = MENU.format(system=ROOT_SYSTEM, partition=ROOT_PARTITION, release=release)
    (tree / "boot/grub/grub.cfg").write_text(menu)


def _core(tree: Path) -> bytes:
    """Return GRUB's core with what it needs to reach its menu, linked by the tree's own GRUB."""
    place = "boot/grub/i386-pc/core.img"
    modules = ("biosdisk", "part_gpt", "ext2")
    prefix = ("--prefix", "(hd0,gpt1)/boot/grub")
    linker = ("grub-mkimage", "--format", "i386-pc", *prefix, "--output", f"/{place}", *modules)
    subprocess.run(["chroot", tree, *linker], check=True)
    return (tree / place).read_bytes()


def _make_root(tree: Path, raw: Path) -> None:
    # GRUB 2.06 reads no file system with the features that later e2fsprogs switch on.
    options = ("-L", "root", "-U", ROOT_SYSTEM, "-O", "^metadata_csum_seed,^orphan_file")
    place = ("-E", f"offset={ROOT_AT * SECTOR},root_owner=0:0,lazy_itable_init=0")
    size = f"{ROOT_SECTORS // 2}k"
    argv = ("mke2fs", "-q", "-F", "-t", "ext4", *options, *place, "-d", str(tree), str(raw), size)
    subprocess.run(argv, check=True)


def _first_code(boot: bytes) -> bytes:
    """Return the code of the first sector, told where the core is; the rest is a table's."""
    code = bytearray(boot[:FIRST_CODE])
    struct.pack_into("<Q", code, CORE_PLACE, CORE_AT)
    return bytes(code)


def _placed(core: bytes) -> bytes:
    """Return the core with its first sector told where the others are."""
    sectors = -(-len(core) // SECTOR)
    assert sectors <= CORE_SECTORS
    placed = bytearray(core.ljust(sectors * SECTOR, b"\0"))
    struct.pack_into("<QHH", placed, BLOCK_LIST, CORE_AT + 1, sectors - 1, SEGMENT)
    return bytes(placed)
