"""The embedded PostgreSQL of an installation that names no server of its own."""

from .embedded import DatabaseError, Embedded

__all__ = ["DatabaseError", "Embedded"]
