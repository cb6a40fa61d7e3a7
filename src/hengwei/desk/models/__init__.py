"""What the desk keeps beside the work items themselves."""

from .catalogue import *  # noqa: F403
from .kinds import *  # noqa: F403
from .ratings import *  # noqa: F403
from .replies import *  # noqa: F403
