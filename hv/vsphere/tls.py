"""Whom we speak to: TLS that is verified always, on loopback too.

pyVmomi verifies nothing on localhost unless it is handed a context, so it always is.
"""

import hashlib
import hmac
import socket
import ssl

from vipprov.guest.errors import HypervisorError
from vipprov.hv.vsphere.access import THUMBPRINT, Access


def context(access: Access, *, seconds: float) -> ssl.SSLContext:
    """Return what accepts this server alone; by thumbprint, it is asked for its certificate."""
    if access.thumbprint is None:
        return ssl.create_default_context(cafile=access.ca)
    certificate = _presented(access, seconds)
    found = hashlib.sha256(certificate).hexdigest()
    if not hmac.compare_digest(found, access.thumbprint):
        raise HypervisorError(
            f"{access} is not the server that {THUMBPRINT} names.",
            details=f"expected {access.thumbprint}\nfound    {found}",
            hint="Was its certificate renewed? Ask its administrator before you trust the new one.",
        )
    # From here on only a server with this very certificate is spoken to.
    pinned = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(certificate))
    pinned.check_hostname = False
    pinned.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return pinned


def _presented(access: Access, seconds: float) -> bytes:
    """Return the certificate that the server shows; nothing else is said on this connection."""
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname = False
    asking.verify_mode = ssl.CERT_NONE
    address = (access.host, access.port)
    with (
        socket.create_connection(address, timeout=seconds) as plain,
        asking.wrap_socket(plain, server_hostname=access.host) as wrapped,
    ):
        return wrapped.getpeercert(binary_form=True) or b""
