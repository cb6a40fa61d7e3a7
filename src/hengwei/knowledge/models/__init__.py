"""What the knowledge room keeps: articles and their versions, readers' answers, the maintenance manual."""

from .articles import *  # noqa: F403
from .audience import *  # noqa: F403
from .finding import *  # noqa: F403
from .manual import *  # noqa: F403
from .readers import *  # noqa: F403
