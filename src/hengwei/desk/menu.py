"""The desk in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, register

from . import permissions as perms

register(MenuEntry("portal", _("Portal"), "lifebuoy", "desk:portal", "", 30))
register(MenuEntry("follow_ups", _("Follow-ups"), "phone-check", "desk:follow_ups", perms.FOLLOW_UP, 35))
