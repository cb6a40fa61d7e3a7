"""Who may see and keep people and customers."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

STAFF = ("agent", "lead", "manager", "auditor", "system_admin", "security_admin", "audit_admin")

VIEW_PEOPLE = declare("org.view_people", _("See people and teams"), roles=STAFF)
VIEW_CUSTOMERS = declare("org.view_customers", _("See customers"), roles=STAFF)
MANAGE_PEOPLE = declare("org.manage_people", _("Keep people and teams"), roles=("manager", "system_admin"))
MANAGE_CUSTOMERS = declare("org.manage_customers", _("Keep customers"), roles=("lead", "manager", "system_admin"))
MANAGE_ROLES = declare("org.manage_roles", _("Grant roles"), roles=("security_admin",))
