"""What the work room keeps: items, their timeline, relations, clocks, approvals."""

from .agreements import *  # noqa: F403
from .approvals import *  # noqa: F403
from .checklists import *  # noqa: F403
from .clocks import *  # noqa: F403
from .collaboration import *  # noqa: F403
from .helping import *  # noqa: F403
from .items import *  # noqa: F403
from .personal import *  # noqa: F403
from .routing import *  # noqa: F403
from .timeline import *  # noqa: F403
