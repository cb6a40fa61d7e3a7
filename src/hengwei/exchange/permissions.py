"""Who may bring records in from elsewhere."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

IMPORT = declare("exchange.import", _("Import records from files and other systems"), roles=("manager", "system_admin"))
