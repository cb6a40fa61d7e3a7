"""The bell, and the mailboxes in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import Corner, MenuEntry, register, register_corner

from . import permissions as perms
from .pages.notices import unread

BELL = register_corner(Corner("bell", _("Notices"), "bell", "channels:notices", "channels:notices_count", unread))
register(MenuEntry("mail", _("Mail"), "mail", "channels:mailboxes", perms.CONFIGURE, 80))
