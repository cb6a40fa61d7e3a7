"""Working calendars, under Settings."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import SettingsEntry, register_setting

register_setting(SettingsEntry("calendars", _("Working calendars"), _("Working hours, holidays and make-up days that promises run on."), "calendar", "calendars:calendars", "", "agreements", 30))
