"""Jobs, followers, schedules and the command line: no pages."""

from kortisto.config.settings.base import *

ROOT_URLCONF = "kortisto.config.urls_none"
MIDDLEWARE: list[str] = []
