"""Files that people and mails bring: kept by hash, typed by their bytes, served so that they can do no harm."""

from .access import grants, may_read
from .store import files_of, store

__all__ = ["files_of", "grants", "may_read", "store"]
