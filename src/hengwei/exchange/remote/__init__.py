"""Other systems, read by their own REST interfaces."""

from __future__ import annotations

from hengwei.exchange.models import Import
from hengwei.exchange.running import Source


def source_of(run: Import) -> Source:
    """The reader of an import's system."""
    from .glpi import Glpi
    from .zammad import Zammad

    return Zammad(run) if run.origin == Import.Origin.ZAMMAD else Glpi(run)
