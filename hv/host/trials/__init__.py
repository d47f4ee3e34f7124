"""Programs that try one thing in a process of their own, and leave nothing behind.

Each prints one line and ends with 0 (works), 1 (does not) or 2 (cannot be told here).
"""
