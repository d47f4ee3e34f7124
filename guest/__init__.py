"""What must be true in the guest, and the errors that every floor shares."""
