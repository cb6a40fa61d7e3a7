"""Who may see and keep people and customers."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

STAFF = ("agent", "lead", "manager", "auditor", "system_admin", "security_admin", "audit_admin")

VIEW_PEOPLE = declare("org.view_people", _("See people and teams"), roles=STAFF)
VIEW_CUSTOMERS = declare("org.view_customers", _("See customers"), roles=STAFF)
MANAGE_PEOPLE = declare("org.manage_people", _("Keep people and teams"), roles=("manager", "system_admin"))
MANAGE_CUSTOMERS = declare("org.manage_customers", _("Keep customers"), roles=("lead", "manager", "system_admin"))
NOTE_CUSTOMERS = declare("org.note_customers", _("Note calls, visits and needs of customers"), roles=("agent", "lead", "manager"))
MANAGE_DUTY = declare("org.manage_duty", _("Keep rotas and absences of one's own teams"), roles=("lead", "manager", "system_admin"))
MANAGE_ROLES = declare("org.manage_roles", _("Grant roles"), roles=("security_admin",))
SECURE_SIGN_IN = declare("org.secure_sign_in", _("Set how people sign in"), roles=("security_admin",))
ERASE_PEOPLE = declare("org.erase_people", _("Hand out and erase a person's data"), roles=("security_admin",))
VIEW_SESSIONS = declare("org.view_sessions", _("See where people are signed in, and end it"), roles=("security_admin", "system_admin"))
