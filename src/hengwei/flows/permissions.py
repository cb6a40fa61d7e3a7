"""Who may look at automation, and who keeps it."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

VIEW_RULES = declare("flows.view_rules", _("See automation rules and what they did"), roles=("lead", "manager", "auditor", "system_admin"))
AUTOMATE = declare("flows.automate", _("Keep automation rules"), roles=("manager", "system_admin"))
LEARNING = declare("flows.learning", _("Set up learnt suggestions"), roles=("manager", "system_admin"))
