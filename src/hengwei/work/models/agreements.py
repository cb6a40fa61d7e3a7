"""Agreements and their targets: what was promised, to whom, on which calendar."""

__all__: list[str] = []
