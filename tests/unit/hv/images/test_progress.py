from vipprov.hv.images import progress


def test_stages_are_reported_once_and_in_words() -> None:
    said: list[str] = []
    tell = progress.teller("debian-12", said.append)
    for line in (
        "I: running apt-get update...",
        "Get:1 something",
        "I: extracting archives...",
        "Need to get 0 B/50.9 MB of archives.",
        "Need to get 1234 kB/50.9 MB of archives.",
        "I: extracting archives...",
    ):
        tell(line)
    assert said == [
        "debian-12: reading package lists",
        "debian-12: unpacking the base system",
        "debian-12: fetching 1234 kB/50.9 MB of packages",
    ]


def test_a_long_installation_says_how_far_it_is() -> None:
    said: list[str] = []
    tell = progress.teller("debian-12", said.append)
    tell("Setting up before any count ...")
    tell("0 upgraded, 45 newly installed, 0 to remove and 0 not upgraded.")
    for number in range(45):
        tell(f"Setting up package-{number} (1.0) ...")
    assert said == [
        "debian-12: 20 of 45 packages are set up",
        "debian-12: 40 of 45 packages are set up",
    ]
