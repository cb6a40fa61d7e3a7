"""Imports on the settings page."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import SettingsEntry, register_setting

from . import permissions as perms

register_setting(SettingsEntry(
    "imports", _("Imports"), _("Contacts, customers, articles and old tickets from spreadsheets, Zammad or GLPI"), "file-import", "exchange:imports", perms.IMPORT, "system", 60,
))
