"""What all tests share."""

import os

from hypothesis import settings

# A new random example is a developer's find, not a surprise in somebody else's build.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
