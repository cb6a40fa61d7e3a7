"""Who may look over an article, found while one types."""

from __future__ import annotations

from hengwei.org.pickers import picker_of_holders
from hengwei.ui.kit.picking import register

from . import permissions as perms

register(picker_of_holders("knowledge.reviewer", perms.REVIEW))
