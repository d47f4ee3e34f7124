"""A fabric on this machine to plug guests into."""
