import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kosna.settings")
application = get_wsgi_application()

# Python looks for what nobody can reach whenever some hundred things were made, several times a
# page, and finds the portal itself alive each time. What has been loaded is not looked at again,
# and the rest when more has come.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
