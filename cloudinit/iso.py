"""The seed as a CD: for guests that have drives."""

import io
from pathlib import Path

from vipprov.cloudinit import privatefile
from vipprov.cloudinit.seed import Seed

LABEL = "CIDATA"  # what NoCloud looks for


def write(seed: Seed, path: Path) -> None:
    """Put a CD with these documents at the path, 0600; may be repeated."""
    privatefile.write(path, image(seed))


def image(seed: Seed) -> bytes:
    """Return the CD: Rock Ridge for Linux, Joliet for everyone else. Its time stamps are now."""
    import pycdlib  # noqa: PLC0415  50 ms that only guests with drives pay

    cd = pycdlib.PyCdlib()
    cd.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident=LABEL)
    for name, text in seed.files():
        content = text.encode()
        cd.add_fp(
            io.BytesIO(content),
            len(content),
            iso_path=f"/{name.replace('-', '_').upper()}.;1",
            rr_name=name,
            joliet_path=f"/{name}",
            file_mode=0o100400,
        )
    whole = io.BytesIO()
    cd.write_fp(whole)
    cd.close()
    return whole.getvalue()
