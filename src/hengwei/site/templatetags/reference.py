"""Words of the API's reference."""

import re

from django.template import Library
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = Library()


@register.filter
def coded(words: str) -> SafeString:
    """What stands between backticks, as code."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words)))
