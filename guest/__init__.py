"""What must be true in the guest: values, keepalived, sysctl, checks, and the errors every floor shares."""
