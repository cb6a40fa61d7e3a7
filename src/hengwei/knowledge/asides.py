"""Where rooms above add to an article's page: the items it solved."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from hengwei.knowledge.models import Article

Panel = Callable[[Article, HttpRequest], str]
_panels: list[Panel] = []


def panel(function: Panel) -> Panel:
    """Register a card beside an article; '' shows none."""
    _panels.append(function)
    return function


def panels_for(article: Article, request: HttpRequest) -> list[str]:
    """The cards of the rooms above."""
    return [card for card in (function(article, request) for function in _panels) if card]
