"""What there is in images: built ones, and those that could be built."""

from vipprov.hv.images import catalogue, store
from vipprov.hv.images.image import Image

SHOWN = ("keepalived", "cloud-init", "systemd")


def document(image: Image) -> dict[str, object]:
    """Return the image as a JSON document."""
    return {
        "name": image.name,
        "digest": image.digest,
        "path": str(image.path),
        "made": image.made.isoformat() if image.made else None,
        "current": store.find(image.name) == image,
        "packages": dict(image.packages),
    }


def inventory() -> dict[str, object]:
    """Return all images as one JSON document."""
    return {
        "built": [document(image) for image in store.every()],
        "buildable": list(catalogue.names()),
    }


def table() -> str:
    """Return all images as lines for a person; an older recipe's are not used any more."""
    built = store.every()
    lines = [_line(image) for image in built]
    missing = [name for name in catalogue.names() if store.find(name) is None]
    return "\n".join(
        [*lines, *(f"{name}  not built: vipprov image build {name}" for name in missing)]
    )


def _line(image: Image) -> str:
    versions = dict(image.packages)
    shown = " · ".join(f"{name} {versions[name]}" for name in SHOWN if name in versions)
    made = f"{image.made:%Y-%m-%d %H:%M}" if image.made else "-"
    state = "" if store.find(image.name) == image else "  (older: not used for new machines)"
    return f"{image.path.parent.name}  {made}  {shown}{state}"
