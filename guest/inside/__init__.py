"""Programs that run inside the guest, with its own Python: standard library only, 3.6 and later."""
