"""The marks of the board."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hengwei.governance.board import MARKS

register = template.Library()


@register.simple_tag
def mark(state: str) -> SafeString:
    """A state as sign, word and colour together."""
    sign, words, tone = MARKS[state]
    return format_html('<span class="mark {}">{} {}</span>', tone, sign, words)


@register.simple_tag
def of_key(names: Mapping[str, str], key: str) -> str:
    """What a key is called; the key itself where nobody named it."""
    return names.get(key) or key
