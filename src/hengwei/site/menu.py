"""The settings in the rail, what belongs to the system among them, and the sign of running tasks."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import OPERATE, VIEW_AUDIT
from hengwei.ui.menu import (
    MenuEntry,
    SettingsEntry,
    register,
    register_corner,
    register_setting,
    settings_for,
)

from .operation import CORNER

register(MenuEntry("settings", _("Settings"), "settings", "site:settings", "", 900, shown=lambda user: bool(settings_for(user))))
register_corner(CORNER)
register_setting(SettingsEntry("audit", _("Audit log"), _("Who signed in, changed rights and configuration, exported; whether the log is whole."), "shield-check", "site:audit", VIEW_AUDIT, "system", 10))
register_setting(SettingsEntry("timers", _("Timers and queues"), _("When each timer ran last, what waits in the background."), "heart-rate-monitor", "site:timers", OPERATE, "system", 20))
register_setting(SettingsEntry("tasks", _("Running tasks"), _("Long work: how far it is, what came of it."), "progress", "site:tasks", OPERATE, "system", 30))
