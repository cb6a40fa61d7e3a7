"""What templates of every room say in the same way: moments, durations, levels, icons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengwei.core.i18n import aside, colon, is_chinese, listed
from hengwei.core.levels import NAMES

register = template.Library()


@register.simple_tag(name="colon")
def colon_tag() -> str:
    """What stands between a name and what is said of it, in the reader's language."""
    return colon()


@register.simple_tag(name="comma")
def comma_tag() -> str:
    """What parts the words of a list, in the reader's language."""
    return "、" if is_chinese() else ", "


@register.filter(name="listed")
def listed_filter(words: Any) -> str:
    """Words one after the other, as the reader's language parts them."""
    return listed(words or ())


@register.filter(name="aside")
def aside_filter(words: Any) -> str:
    """Words in brackets, behind others; nothing where there are none."""
    return aside(words) if words not in (None, "") else ""


@register.simple_block_tag
def bracket(content: str) -> SafeString:
    """What stands within, in brackets behind others, as the reader's language draws them."""
    return SafeString(aside(content))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; with a label it says something by itself, without one it only accompanies words."""
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, static("hengwei/icons.svg"), name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("hengwei/icons.svg"), name)


@register.filter
def exact(moment: datetime | None) -> str:
    """A moment to the minute with its zone: 2026-11-24 14:05 CST."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M %Z") if moment else ""


def near(moment: datetime, now: datetime) -> str:
    """A moment as people say it: within a day relative, within the year without it, else in full."""
    ago = now - moment
    minutes = int(abs(ago).total_seconds() // 60)
    if abs(ago) < timedelta(minutes=1):
        return _("just now")
    if abs(ago) < timedelta(hours=1):
        words = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
        return (_("%(time)s ago") if ago > timedelta(0) else _("in %(time)s")) % {"time": words}
    if abs(ago) < timedelta(days=1):
        hours = minutes // 60
        words = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
        return (_("%(time)s ago") if ago > timedelta(0) else _("in %(time)s")) % {"time": words}
    local = timezone.localtime(moment)
    if local.year == timezone.localtime(now).year:
        return f"{local.month}月{local.day}日 {local:%H:%M}" if is_chinese() else date_format(local, "j M H:i")
    return f"{local.year}年{local.month}月{local.day}日" if is_chinese() else date_format(local, "j M Y")


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """A moment in words, exact on hover."""
    if not moment:
        return ""
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), near(moment, timezone.now()))


@register.filter
def duration(seconds: int | None) -> str:
    """Seconds in words, two units at most: 1 小时 20 分, 3 d 4 h."""
    if seconds is None:
        return ""
    minutes = int(abs(seconds)) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, _("%d d")), (hours, _("%d h")), (minutes, _("%d min"))]
    said = [unit % amount for amount, unit in parts if amount][:2]
    return (" " if not is_chinese() else "").join(said) or _("%d min") % 0


@register.filter
def level(value: int | None) -> str | SafeString:
    """Impact, urgency or priority as word, colour and sign together."""
    if value is None:
        return format_html('<span class="text-secondary">{}</span>', _("not set"))
    return format_html('<span class="level level-{}">{}</span>', value, NAMES[value])


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a dict by a key that is in a variable."""
    return mapping.get(key) if mapping else None


@register.filter
def day(moment: datetime | None) -> str:
    """The day of a moment: 11月24日 星期二, Tue 24 Nov."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日 星期{'一二三四五六日'[local.weekday()]}" if is_chinese() else date_format(local, "D j M Y")


@register.filter
def size(amount: int) -> str:
    """Bytes in KB or MB."""
    return f"{amount / 2**20:.1f} MB" if amount >= 2**20 else f"{max(1, amount // 1024)} KB"


@register.filter
def classed(field: Any, name: str) -> SafeString:
    """A form's field with a class on its widget."""
    return SafeString(field.as_widget(attrs={"class": name}))


#: Found in what a browser says of itself, in this order: each also names those that come after it.
_BROWSERS = (("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"))


@register.filter
def browser(agent: str) -> str:
    """The User-Agent of a browser as people say it: Chrome · Windows; another program's as it stands, shortened."""
    program = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " · ".join(part for part in (program, system) if part) or agent[:60] or "—"
