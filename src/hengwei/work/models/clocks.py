"""Clocks: one row per item and promise, and the segments that explain each figure."""

__all__: list[str] = []
