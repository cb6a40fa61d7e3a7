"""What one may do at the desk besides working on items."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

CATALOGUE = declare("desk.catalogue", _("Keep the service catalogue"), roles=("lead", "manager", "system_admin"))
REPLIES = declare("desk.replies", _("Keep canned replies of a team or of all"), roles=("lead", "manager"))
FOLLOW_UP = declare("desk.follow_up", _("Make follow-up calls"), roles=("agent", "lead", "manager"))
