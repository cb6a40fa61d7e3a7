"""The web application, as a server runs it: pages in threads, live streams without one each."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengwei.config.django")
application = get_asgi_application()
