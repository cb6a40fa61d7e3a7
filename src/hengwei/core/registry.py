"""What a room registers with the house is found by importing a few well-known modules of it.

A room that has nothing of a kind leaves the file out. See docs/architecture.md, "Inside a room".
"""

from importlib import import_module
from importlib.util import find_spec

#: Modules that register something when imported, in the order in which they are loaded.
REGISTERING_MODULES = ("permissions", "kinds", "events", "jobs", "listeners", "panels", "menu", "controls", "history_words", "holdings", "pickers")


def load_room(package: str) -> None:
    """Import the registering modules of one room; called by its AppConfig.ready()."""
    for module in REGISTERING_MODULES:
        name = f"{package}.{module}"
        if find_spec(name) is not None:
            import_module(name)
