"""Probing: a process of its own that pings a thousand times a second and misses nothing."""
