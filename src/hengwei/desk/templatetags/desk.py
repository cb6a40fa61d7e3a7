"""How the portal says until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengwei.core.i18n import is_chinese
from hengwei.ui.templatetags.ui import exact

register = template.Library()


@register.filter
def by_when(moment: datetime | None) -> str | SafeString:
    """A promised moment as people say it: today 14:00, tomorrow 09:30, 2 December 18:00; exact on hover."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localdate()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        words = _("today %(clock)s") % {"clock": clock}
    elif local.date() == today + timedelta(days=1):
        words = _("tomorrow %(clock)s") % {"clock": clock}
    else:
        words = f"{local.month}月{local.day}日 {clock}" if is_chinese() else f"{local.day} {local:%b} {clock}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), words)
