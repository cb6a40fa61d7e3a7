"""What happens where rooms meet."""

from __future__ import annotations

from dataclasses import dataclass

from hengwei.work.events import ItemEvent


@dataclass(frozen=True, kw_only=True)
class RuleFired(ItemEvent):
    """An automation rule told other programs of an item: webhooks subscribe to `rule.fired`."""

    rule_id: int
    rule: str
    text: str = ""
