"""Approvals and sign-offs on an item."""

__all__: list[str] = []
