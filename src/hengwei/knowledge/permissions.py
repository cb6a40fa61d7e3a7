"""What one may do in the knowledge base. Reading what is meant for everyone, or for one's company, needs no right."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

READ = declare("knowledge.read", _("Read articles meant for staff, and the maintenance manual"), roles=(
    "agent", "lead", "manager", "auditor", "system_admin", "security_admin", "audit_admin"))
WRITE = declare("knowledge.write", _("Write articles and maintenance manuals"), roles=("agent", "lead", "manager"))
REVIEW = declare("knowledge.review", _("Review, publish and withdraw articles"), roles=("lead", "manager"))
MANAGE = declare("knowledge.manage", _("Keep categories, systems and synonyms; import and export articles"), roles=("manager", "system_admin"))
