"""cloud-init's four stages from one interpreter: the files that a disk image has for it.

Where the processor is emulated, a stage spends 7 of its 10 seconds on importing Python modules.
"""

from vipprov.hv.images.recipe import ImageFile

PROGRAM = "usr/lib/vipprov/cloud-init-stages"
UNIT = "vipprov-cloud-init.service"
STAGES = {
    "cloud-init-local": ("local", "init --local"),
    "cloud-init": ("network", "init"),
    "cloud-config": ("config", "modules --mode=config"),
    "cloud-final": ("final", "modules --mode=final"),
}

SERVER = '''\
#!/usr/bin/python3
"""Runs each stage of cloud-init in a fork of one process, which has done their imports.

The units of the stages, and so their order, stay cloud-init's own. Each asks through a pipe, and
waits at another for the exit code. cloud-init itself works like this from release 24.3 on.
"""

import gc
import importlib
import logging
import os
import shlex
import socket
import sys
from pathlib import Path

from cloudinit.cmd import main

PIPES = Path("/run/vipprov-cloud-init")
# What the stages import only as they go along.
LATER = (
    "cloudinit.sources.DataSourceNoCloud",
    "cloudinit.distros.debian",
    "cloudinit.net.networkd",
    "jsonschema.validators",
)


def pipe(name):
    """Make a pipe and hold both of its ends, so that nobody waits to open it."""
    os.mkfifo(PIPES / name, 0o600)
    return os.open(PIPES / name, os.O_RDWR)


def ready():
    """Tell systemd that stages may come."""
    address = os.environ.pop("NOTIFY_SOCKET").replace("@", "\\0", 1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
        messages.sendto(b"READY=1", address)


def asked(requests):
    """Yield what comes in, line by line."""
    while True:
        line = requests.readline().split(maxsplit=1)
        if len(line) == 2:
            yield line[0], shlex.split(line[1])


def serve(requests, answers):
    """Run stages until the last has ended. Return in the fork, with the stage's arguments."""
    for stage, arguments in asked(requests):
        process = os.fork()
        if process == 0:
            return arguments
        _, status = os.waitpid(process, 0)
        if stage == "final":
            # Stages that are started by hand from now on run as cloud-init means them to.
            (PIPES / "requests").unlink()
        os.write(answers[stage], b"%d\\n" % os.waitstatus_to_exitcode(status))
        if stage == "final":
            leave(0)


def leave(code):
    """End at once: to take down what all these modules hold takes longer than all that is left."""
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


for name in LATER:
    importlib.import_module(name)
PIPES.mkdir(mode=0o700)
requests = os.fdopen(pipe("requests"))
answers = {stage: pipe(stage) for stage in ("local", "network", "config", "final")}
ready()
# What the modules hold is shared by all the forks for as long as none goes through it for garbage.
gc.freeze()
sys.argv = ["/usr/bin/cloud-init", *serve(requests, answers)]
try:
    code = main.main()
except SystemExit as end:
    code = end.code
leave(code)
'''

# The processes that user scripts leave behind are in this unit, so cloud-final's settings are here.
SERVER_UNIT = f"""\
[Unit]
Description=One interpreter for the stages of cloud-init
DefaultDependencies=no
After=systemd-remount-fs.service
Before=cloud-init-local.service shutdown.target
Conflicts=shutdown.target
RequiresMountsFor=/var/lib/cloud

[Service]
Type=notify
ExecStart=/{PROGRAM}
ExecStopPost=/bin/rm -rf /run/vipprov-cloud-init
RemainAfterExit=yes
TimeoutSec=0
KillMode=process
TasksMax=infinity
StandardOutput=journal+console
"""

# Bound to the server: a stage whose server dies fails at once, and does not wait for an answer.
STAGE_UNIT = """\
[Unit]
BindsTo={unit}
After={unit}

[Service]
ExecStart=
ExecStart=/bin/sh -c 'cd /run/vipprov-cloud-init; [ -p requests ] || exec cloud-init {arguments}; \
echo "{stage} {arguments}" >requests; read -r code <{stage}; exit $code'
"""


def files() -> tuple[ImageFile, ...]:
    """Return the files, as a recipe takes them."""
    return (
        ImageFile(path=PROGRAM, content=SERVER, mode=0o755),
        ImageFile(path=f"etc/systemd/system/{UNIT}", content=SERVER_UNIT),
        *(
            ImageFile(
                path=f"etc/systemd/system/{unit}.service.d/90-vipprov.conf",
                content=STAGE_UNIT.format(unit=UNIT, stage=stage, arguments=arguments),
            )
            for unit, (stage, arguments) in STAGES.items()
        ),
    )
