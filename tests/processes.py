"""The product in processes of its own."""

import os


def surroundings(**more: str) -> dict[str, str]:
    """What such a process is given: nothing tells it of the test, so that it keeps its connections as it does in earnest."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | more
