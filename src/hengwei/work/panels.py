"""What this room itself adds to the item's page beside the facts."""

from . import records
from .pages import approvals, cards, sign_offs

__all__ = ["approvals", "cards", "records", "sign_offs"]
