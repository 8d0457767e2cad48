"""The portal as ``kosna.wsgi`` serves it, with the measures' own addresses beside its own."""

from django.conf import settings

from kosna.wsgi import application

__all__ = ["application"]
settings.ROOT_URLCONF = "tests.bench.urls"
