"""Images: what machines are made from, built on this machine out of its own package sources."""
