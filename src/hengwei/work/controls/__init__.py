"""What work items, their clocks and agreements can prove."""

from . import agreements, closing, intake, promises

__all__ = ["agreements", "closing", "intake", "promises"]
