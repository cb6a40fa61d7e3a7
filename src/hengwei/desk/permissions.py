"""What one may do at the desk besides working on items."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

CATALOGUE = declare("desk.catalogue", _("Keep the service catalogue"), roles=("lead", "manager", "system_admin"))
REPLIES = declare("desk.replies", _("Keep canned replies of a team or of all"), roles=("lead", "manager"))
FOLLOW_UP = declare("desk.follow_up", _("Make follow-up calls"), roles=("agent", "lead", "manager"))
SURVEYS = declare("desk.surveys", _("Make surveys and see their results"), roles=("lead", "manager"))
PLANS = declare("desk.plans", _("Keep follow-up plans"), roles=("lead", "manager"))
FREEZES = declare("desk.freezes", _("Set change freezes"), roles=("lead", "manager"))
MAJOR = declare("desk.major", _("Declare and lead major incidents"), roles=("lead", "manager"))
DECIDE = declare("desk.decide", _("Decide on suggestions"), roles=("lead", "manager"))
STANDARDS = declare("desk.standards", _("Publish service standards"), roles=("manager",))
CONFIGURE = declare("desk.configure", _("Set up the desk"), roles=("manager", "system_admin"))
FIGURES = declare("desk.figures", _("See the desk's statistics"), roles=("lead", "manager", "auditor"))
