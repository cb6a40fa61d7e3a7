"""The work room in the rail."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, register

from . import permissions as perms
from .waiting import approvals_for

register(MenuEntry("queue", _("Queue"), "inbox", "work:queue", perms.VIEW_ALL, 10))
register(MenuEntry("board", _("Lead's board"), "layout-kanban", "work:board", perms.VIEW_FIGURES, 20))
register(MenuEntry("approvals", _("My approvals"), "rubber-stamp", "work:approvals", "", 30, count=approvals_for))
