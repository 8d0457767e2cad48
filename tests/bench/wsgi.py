"""The portal as ``kosna.wsgi`` serves it, with the measures' own addresses beside its own."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "tests.bench.urls"
application = get_wsgi_application()
