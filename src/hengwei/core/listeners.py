"""What the ground floor does when something happens elsewhere."""

from hengwei.core.audit import sign_ins

__all__ = ["sign_ins"]
