"""A tiny container of another tool on a bridge of its own, made without vipprov."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from lab.containers import VIRSH, init, virsh

MAC, VMAC = "52:54:00:aa:00:01", "00:00:5e:00:01:32"
ADDRESS = "192.0.2.11"
CLEAN_TRAFFIC = (
    f"<filterref filter='clean-traffic'><parameter name='IP' value='{ADDRESS}'/></filterref>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A running container with one NIC on a bridge that nothing else uses."""

    name: str
    bridge: str
    device: str
    hypervisor: str = "lxc:///system"

    @property
    def uuid(self) -> str:
        return run("virsh", "-q", "-c", self.hypervisor, "domuuid", self.name).strip()

    @property
    def pid(self) -> int:
        return init(self.name)

    def configuration(self) -> str:
        return virsh("dumpxml", "--inactive", self.name)

    def binding(self) -> str | None:
        """Return what is in force, or None."""
        with suppress(subprocess.CalledProcessError):
            return virsh("nwfilter-binding-dumpxml", self.device)
        return None

    def flags(self) -> str:
        """Return the flags of the bridge port as iproute2 tells them."""
        return run("bridge", "-d", "link", "show", "dev", self.device).splitlines()[1]

    def set_flags(self, **flags: str) -> None:
        words = (word for flag in flags.items() for word in flag)
        run("bridge", "link", "set", "dev", self.device, *words)

    def pin(self, mac: str) -> None:
        """Tell the bridge by hand that this MAC is behind the port."""
        run("bridge", "fdb", "replace", mac, "dev", self.device, "master", "static")

    def unhook(self) -> None:
        """Take the chain of the filter on this port out of ebtables; libvirt does not notice."""
        jump = ("-i", self.device, "-j", f"libvirt-I-{self.device}")
        run("ebtables", "-t", "nat", "-D", "PREROUTING", *jump)

    def generated_filters(self) -> list[str]:
        """Return the filters that vipprov made for this container and has not removed."""
        ours = (f"vipprov-{self.uuid[:8]}", f"vipprov-{self.name}")
        names = (line.split()[1] for line in virsh("nwfilter-list").splitlines() if line.strip())
        return [name for name in names if name.startswith(ours)]

    def forget_macs(self) -> None:
        """Let the bridge forget what it learned behind this port."""
        run("ip", "link", "set", "dev", self.device, "type", "bridge_slave", "fdb_flush")

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Undo by hand what happens to the container in the block, whatever it is."""
        configuration, binding = self.configuration(), self.binding()
        try:
            yield
        finally:
            define(configuration)
            if self.binding() != binding:
                self.bind(binding)
            for name in self.generated_filters():
                virsh("nwfilter-undefine", name)
            self.set_flags(learning="on", flood="on", isolated="off")
            for mac in (MAC, VMAC):
                with suppress(subprocess.CalledProcessError):
                    run("bridge", "fdb", "del", mac, "dev", self.device, "master")

    def bind(self, binding: str | None) -> None:
        """Put this binding in force, or none."""
        with suppress(subprocess.CalledProcessError):
            virsh("nwfilter-binding-delete", self.device)
        if binding is not None:
            given("nwfilter-binding-create", binding)

    def bind_to(self, filter_reference: str) -> None:
        """Put the filter of this `<filterref>` in force; none where it is empty."""
        binding = f"""
<filterbinding>
  <owner><name>{self.name}</name><uuid>{self.uuid}</uuid></owner>
  <portdev name='{self.device}'/>
  <mac address='{MAC}'/>
  {filter_reference}
</filterbinding>"""
        self.bind(binding if filter_reference else None)

    def power_cycle(self) -> None:
        virsh("destroy", self.name)
        self.start()

    def start(self) -> None:
        virsh("start", self.name)
        run("nsenter", "-t", str(self.pid), "-n", "ip", "link", "set", "eth0", "up")


def run(*argv: str) -> str:
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout


@contextmanager
def container(interface: str = CLEAN_TRAFFIC, *, metadata: str = "") -> Iterator[Foreign]:
    """Yield a container whose NIC has these elements besides; nothing is left of it."""
    token = uuid4().hex[:8]
    made = Foreign(name=f"foreign-{token}", bridge=f"fo{token}", device=f"fp{token}")
    try:
        run("ip", "link", "add", made.bridge, "type", "bridge", "mcast_snooping", "0")
        run("sysctl", "-qw", f"net.ipv6.conf.{made.bridge}.disable_ipv6=1")
        run("ip", "link", "set", made.bridge, "up")
        define(_domain(made, interface, metadata))
        made.start()
        yield made
    finally:
        for verb in ("destroy", "undefine"):
            with suppress(subprocess.CalledProcessError):
                virsh(verb, made.name)
        with suppress(subprocess.CalledProcessError):
            virsh("nwfilter-binding-delete", made.device)
        with suppress(subprocess.CalledProcessError):
            run("ip", "link", "del", made.bridge)


def define(text: str) -> None:
    """Define a domain from its XML."""
    given("define", text)


def given(verb: str, text: str) -> None:
    """Call virsh with this XML."""
    subprocess.run(
        [*VIRSH, verb, "/dev/stdin"],
        input=text,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )


def _domain(made: Foreign, interface: str, metadata: str) -> str:
    return f"""
<domain type='lxc'>
  <name>{made.name}</name>
  <metadata>{metadata}</metadata>
  <memory unit='MiB'>64</memory>
  <os><type>exe</type><init>/bin/sleep</init><initarg>infinity</initarg></os>
  <devices>
    <filesystem type='mount'><source dir='/'/><target dir='/'/><readonly/></filesystem>
    <interface type='bridge'>
      <mac address='{MAC}'/>
      <source bridge='{made.bridge}'/>
      <target dev='{made.device}'/>
      {interface}
    </interface>
    <console type='pty'/>
  </devices>
</domain>"""
