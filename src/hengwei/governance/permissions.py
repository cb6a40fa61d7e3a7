"""What one may do with regulations."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

VIEW = declare("governance.view", _("Read regulations and their board"), roles=("agent", "lead", "manager", "auditor"))
EVIDENCE = declare("governance.evidence", _("See the exceptions of others"), roles=("lead", "manager", "auditor"))
MANAGE = declare("governance.manage", _("Write regulations and bind their clauses"), roles=("manager",))
APPROVE = declare("governance.approve", _("Approve regulations"), roles=("lead", "manager"))
ATTEST = declare("governance.attest", _("Attest that a clause is kept"), roles=("lead", "manager", "auditor"))
RUN = declare("governance.run", _("Run controls and freeze the month"), roles=("manager", "auditor"))
