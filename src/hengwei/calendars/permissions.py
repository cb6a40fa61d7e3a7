"""Who may change working time."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

MANAGE = declare("calendars.manage", _("Keep working calendars"), roles=("manager", "system_admin"))
