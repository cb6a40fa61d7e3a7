"""The desk in the rail and among the settings."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import (
    MenuEntry,
    ReportEntry,
    SettingsEntry,
    register,
    register_report,
    register_setting,
)
from hengwei.work import permissions as work

from . import permissions as perms

register(MenuEntry("portal", _("Portal"), "lifebuoy", "desk:portal", "", 30))
register(MenuEntry("follow_ups", _("Follow-ups"), "phone-check", "desk:follow_ups", perms.FOLLOW_UP, 35))
register(MenuEntry("changes", _("Changes"), "calendar-event", "desk:change_calendar", work.WORK, 36))
register_report(ReportEntry("desk_figures", _("Desk figures"), _("Satisfaction over time, complaints by cause, problems by category"), "mood-smile", "desk:figures", perms.FIGURES, 7))

for order, (key, label, description, icon, url, permission) in enumerate((
    ("catalogue", _("Service catalogue"), _("What people may ask for, with its own form, approval and tasks"), "apps", "desk:entries", perms.CATALOGUE),
    ("macros", _("Macros"), _("Several changes and words at one press"), "bolt", "desk:macros", work.WORK),
    ("replies", _("Replies kept ready"), _("Texts for the editor, in both languages"), "template", "desk:replies", work.WORK),
    ("surveys", _("Surveys"), _("Questions to many, and what they answered"), "chart-bar", "desk:campaigns", perms.SURVEYS),
    ("plans", _("Follow-up plans"), _("By what rule customers are called"), "calendar-repeat", "desk:plans", perms.PLANS),
    ("freezes", _("Change freezes"), _("Times in which nothing may be changed"), "snowflake", "desk:freezes", perms.FREEZES),
    ("majors", _("Major incidents"), _("Open ones and their history"), "alert-octagon", "desk:majors", work.WORK),
    ("standards", _("Service standards"), _("Published in the portal, version by version"), "certificate", "desk:standard_publish", perms.STANDARDS),
    ("desk", _("Desk settings"), _("Requests without signing in, how often people are asked"), "adjustments", "desk:settings", perms.CONFIGURE),
), 1):
    register_setting(SettingsEntry(key, label, description, icon, url, permission, "desk", order * 10))
