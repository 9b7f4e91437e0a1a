import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "kortisto.config.settings.door"
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - Django is set up first

from kortisto.interfaces.door.keeping import start  # noqa: E402

start(settings.DOOR_DIR)
