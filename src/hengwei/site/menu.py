"""The settings in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, register, settings_for

register(MenuEntry("settings", _("Settings"), "settings", "site:settings", "", 900, shown=lambda user: bool(settings_for(user))))
