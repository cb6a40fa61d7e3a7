"""What the desk keeps beside the work items themselves."""

from .catalogue import *  # noqa: F403
from .department import *  # noqa: F403
from .follow_ups import *  # noqa: F403
from .kinds import *  # noqa: F403
from .ratings import *  # noqa: F403
from .replies import *  # noqa: F403
from .surveys import *  # noqa: F403
