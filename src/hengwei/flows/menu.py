"""Automation among the settings."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import SettingsEntry, register_setting

from . import permissions as perms

register_setting(SettingsEntry("rules", _("Automation rules"), _("What happens by itself: on events, after so long, at a time of day"), "robot", "flows:rules", perms.VIEW_RULES, "automation", 10))
register_setting(SettingsEntry("firings", _("What rules did"), _("Each firing with its outcome, and rules that were stopped"), "history", "flows:firings", perms.VIEW_RULES, "automation", 20))
register_setting(SettingsEntry("learning", _("Learnt suggestions"), _("Category, team and priority learnt from your own history, and how good they are"), "school", "flows:learning", perms.VIEW_RULES, "automation", 30))
