"""What goes wrong in a process is to be found in its log."""

import subprocess
import sys

from tests.processes import surroundings

BROKEN = """
import django
from django.conf import settings
django.setup()
import logging
try:
    raise RuntimeError("the printer burns")
except RuntimeError:
    logging.getLogger("django.request").error("Internal Server Error: /x", exc_info=True)
logging.getLogger("django.request").warning("Not Found: /y")
logging.getLogger("hengwei.channels").warning("mailbox unreachable")
"""


def test_an_error_of_a_page_leaves_its_traceback_in_the_log() -> None:
    environment = surroundings(DJANGO_SETTINGS_MODULE="hengwei.config.django")
    told = subprocess.run([sys.executable, "-c", BROKEN], env=environment, capture_output=True, text=True, check=True).stderr
    assert told.count("RuntimeError: the printer burns") == 1
    assert "mailbox unreachable" in told
    assert "Not Found" not in told
