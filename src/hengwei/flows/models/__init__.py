"""What joins records of rooms that do not know each other."""

from .articles import *  # noqa: F403
