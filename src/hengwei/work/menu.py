"""The work room in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import (
    MenuEntry,
    ReportEntry,
    SettingsEntry,
    register,
    register_report,
    register_setting,
)

from . import permissions as perms
from .waiting import approvals_for, callbacks_for

register(MenuEntry("queue", _("Queue"), "inbox", "work:queue", perms.VIEW_ALL, 10))
register(MenuEntry("board", _("Lead's board"), "layout-kanban", "work:board", perms.VIEW_FIGURES, 20))
register(MenuEntry("approvals", _("My approvals"), "rubber-stamp", "work:approvals", "", 30, count=approvals_for))
register_report(ReportEntry("promises", _("Promises kept"), _("Met and breached by agreement, team and person, with percentiles of working time"), "target-arrow", "work:promises", perms.VIEW_FIGURES, 5))
register_setting(SettingsEntry(
    "agreements", _("Agreements"), _("What is promised to customers, between teams and by vendors; signed, in force, renewed."), "file-certificate", "work:agreements",
    perms.VIEW_AGREEMENTS, "agreements", 10))
register_setting(SettingsEntry(
    "levels", _("Escalation levels"), _("Who is told, and how, when a promise is in danger."), "stairs-up", "work:levels", perms.VIEW_AGREEMENTS, "agreements", 20))
register(MenuEntry("callbacks", _("Calls to return"), "phone-call", "work:callbacks", perms.WORK, 32, count=callbacks_for, parent="queue"))
register(MenuEntry("hand_overs", _("Waiting for colleagues"), "arrows-exchange", "work:hand_overs", perms.WORK, 34, parent="queue"))
for _entry in (
    SettingsEntry("categories", _("Categories"), _("What items are about: a tree."), "category", "work:categories", perms.CONFIGURE, "desk", 10),
    SettingsEntry("matrix", _("Priority matrix"), _("Impact and urgency give the priority."), "grid-4x4", "work:matrix", perms.CONFIGURE, "desk", 20),
    SettingsEntry("checklists", _("Checklists"), _("Points to go through, by kind, category or catalogue entry."), "list-check", "work:checklist_templates", perms.CONFIGURE, "desk", 30),
    SettingsEntry("remote_tools", _("Remote help"), _("The tools with which you help at a distance."), "screen-share", "work:remote_tools", perms.CONFIGURE, "desk", 40),
    SettingsEntry("approval_plans", _("Approval plans"), _("Who approves what, in which steps, until when."), "rubber-stamp", "work:approval_plans", perms.CONFIGURE, "desk", 35),
    SettingsEntry("routing", _("Routing rules"), _("Which team gets what; tried on past items."), "route", "work:routing_rules", perms.CONFIGURE, "automation", 10),
    SettingsEntry("strategies", _("Handing out"), _("By hand, in turn, to who has least, by skill."), "users-group", "work:strategies", perms.CONFIGURE, "automation", 20),
):
    register_setting(_entry)
