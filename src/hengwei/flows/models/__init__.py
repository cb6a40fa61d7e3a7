"""What joins records of rooms that do not know each other, and what automation keeps."""

from hengwei.flows.automation.models import *  # noqa: F403
from hengwei.flows.learning.models import *  # noqa: F403

from .articles import *  # noqa: F403
