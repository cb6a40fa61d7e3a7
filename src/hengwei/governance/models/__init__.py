"""What governance keeps: regulations and their clauses, what proves them, and the evidence."""

from .corrective import *  # noqa: F403
from .evidence import *  # noqa: F403
from .regulations import *  # noqa: F403
