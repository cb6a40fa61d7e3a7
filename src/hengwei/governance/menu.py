"""Regulations in the rail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, SettingsEntry, register, register_setting

from . import permissions as perms


def _unread(user: Any) -> int | None:
    from .models import Acknowledgement

    return Acknowledgement.objects.missing().filter(user=user).count() or None


register(MenuEntry("regulations", _("Regulations"), "scale", "governance:regulations", perms.VIEW, 50))
register(MenuEntry("readings", _("To acknowledge"), "eye-check", "governance:readings", "", 52, _unread, lambda user: bool(_unread(user))))
register_setting(SettingsEntry("packs", _("Built-in regulations"), _("For service desk, agreements and knowledge, already bound: adopt them in a few clicks."), "package", "governance:packs", perms.MANAGE, "governance", 10))
register_setting(SettingsEntry("controls", _("Controls"), _("What live records can prove, in plain words."), "list-check", "governance:controls", perms.VIEW, "governance", 20))
register_setting(SettingsEntry("coverage", _("Requirements and their proof"), _("From a requirement to its clauses, their controls and how they stand."), "target-arrow", "governance:coverage", perms.VIEW, "governance", 30))
