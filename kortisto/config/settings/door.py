"""Doors of open libraries: no pages, no sessions, little patience with the database."""

from pathlib import Path
from urllib.parse import quote

from kortisto.config.settings.base import *
from kortisto.config.settings.base import DATABASES
from kortisto.config.web import door_middleware, keep_staff_pages_out

keep_staff_pages_out()

ROOT_URLCONF = "kortisto.config.urls_door"
WSGI_APPLICATION = "kortisto.config.wsgi_door.application"
MIDDLEWARE = door_middleware()

# Whoever stands before a door does not wait for a database that is in trouble.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"] |= {"connect_timeout": 2, "tcp_user_timeout": 5000}
else:
    DATABASES["default"]["OPTIONS"]["timeout"] = 1
    # A file that has been taken away is away: no empty one is made in its place.
    _file = quote(str(Path(DATABASES["default"]["NAME"]).absolute()).lstrip("/"))
    DATABASES["default"]["NAME"] = f"file:///{_file}?mode=rw"
