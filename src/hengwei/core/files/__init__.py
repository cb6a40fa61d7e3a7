"""Files that people and mails bring: kept by hash, typed by their bytes, served so that they can do no harm."""

from .access import grants, may_read
from .store import files_of, still_there, store

__all__ = ["files_of", "grants", "may_read", "still_there", "store"]
