"""The libvirt back end. Nothing outside this folder imports libvirt."""
