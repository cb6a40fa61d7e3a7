"""What the desk keeps beside the work items themselves."""

from .kinds import *  # noqa: F403
