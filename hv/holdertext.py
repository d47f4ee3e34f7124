"""A claim's holder as text, for hypervisors that keep text on an object."""

import json
from datetime import datetime

from vipprov.guest.errors import HypervisorError
from vipprov.hv.claim import Holder


def dump(holder: Holder) -> str:
    """Return the holder as JSON."""
    return json.dumps(
        {
            "id": holder.id,
            "host": holder.host,
            "boot": holder.boot,
            "namespace": holder.namespace,
            "process": holder.process,
            "started": holder.started,
            "expires": holder.expires.isoformat(),
        }
    )


def load(text: str, *, of: str, remedy: str) -> Holder:
    """Return the holder, or say which claim is none of ours, and how it is got rid of."""
    try:
        table = json.loads(text)
        return Holder(
            id=str(table["id"]),
            host=str(table["host"]),
            boot=str(table["boot"]),
            namespace=str(table["namespace"]),
            process=int(table["process"]),
            started=str(table["started"]),
            expires=datetime.fromisoformat(table["expires"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise HypervisorError(
            f"The claim {of} cannot be read.",
            details=repr(error),
            hint=f"If no vipprov works on it, {remedy}.",
        ) from error
