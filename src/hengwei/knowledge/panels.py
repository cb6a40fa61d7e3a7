"""What this room registers besides: its files' readers, its share of the search."""

from . import files, searching

__all__ = ["files", "searching"]
