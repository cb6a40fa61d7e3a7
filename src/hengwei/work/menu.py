"""The work room in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, register

from . import permissions as perms

register(MenuEntry("queue", _("Queue"), "inbox", "work:queue", perms.VIEW_ALL, 10))
register(MenuEntry("board", _("Lead's board"), "layout-kanban", "work:board", perms.VIEW_FIGURES, 20))
