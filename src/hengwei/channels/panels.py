"""What this room adds to the item's page."""

from hengwei.work.asides import footer

from .pages.sending import under_replies

footer(under_replies)
