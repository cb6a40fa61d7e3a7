"""The bell, and the mailboxes in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, register, register_corner

from . import permissions as perms
from .pages.notices import BELL

register_corner(BELL)
register(MenuEntry("mail", _("Mail"), "mail", "channels:mailboxes", perms.CONFIGURE, 80))
