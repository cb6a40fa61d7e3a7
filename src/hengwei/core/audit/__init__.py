"""The audit log: what matters for security, append-only, each record chained to the one before.

    audit.record("export.items", by=by, details={"rows": 1200})
    audit.record("token.made", by=by, subject=token.user, details={"name": token.name})

The record commits with the transaction that it tells of. Changes of configuration need no call: a model that is
`@history.tracked(audited=True)` writes them by its trigger.
"""

from .chain import Broken, Verdict, head, verify, verify_file
from .recording import record
from .words import ACTIONS, label_of

__all__ = ["ACTIONS", "Broken", "Verdict", "head", "label_of", "record", "verify", "verify_file"]
