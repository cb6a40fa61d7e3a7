"""The work room in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, SettingsEntry, register, register_setting

from . import permissions as perms
from .waiting import approvals_for

register(MenuEntry("queue", _("Queue"), "inbox", "work:queue", perms.VIEW_ALL, 10))
register(MenuEntry("board", _("Lead's board"), "layout-kanban", "work:board", perms.VIEW_FIGURES, 20))
register(MenuEntry("approvals", _("My approvals"), "rubber-stamp", "work:approvals", "", 30, count=approvals_for))
register(MenuEntry("promises", _("Promises kept"), "chart-bar", "work:promises", perms.VIEW_FIGURES, 40))
register_setting(SettingsEntry(
    "agreements", _("Agreements"), _("What is promised to customers, between teams and by vendors; signed, in force, renewed."), "file-certificate", "work:agreements",
    perms.VIEW_AGREEMENTS, "agreements", 10))
register_setting(SettingsEntry(
    "levels", _("Escalation levels"), _("Who is told, and how, when a promise is in danger."), "stairs-up", "work:levels", perms.VIEW_AGREEMENTS, "agreements", 20))
