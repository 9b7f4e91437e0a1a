"""The staff site: no public address, working libraries, second factor."""

from kortisto.config.settings.base import *
from kortisto.config.settings.base import DATA_DIR, INSTALLED_APPS
from kortisto.config.web import staff_middleware, templates

ROOT_URLCONF = "kortisto.config.urls_staff"
WSGI_APPLICATION = "kortisto.config.wsgi_staff.application"
INSTALLED_APPS = [*INSTALLED_APPS, "kortisto.interfaces.staff"]
MIDDLEWARE = staff_middleware()
TEMPLATES = templates("kortisto.interfaces.staff.context.staff")
LOGIN_URL = "/login/"
CSRF_FAILURE_VIEW = "kortisto.interfaces.staff.pages.errors.stale_form"
SESSION_COOKIE_NAME = "kortisto_staff"
CSRF_COOKIE_NAME = "kortisto_staff_csrf"
SESSION_COOKIE_AGE = 30 * 60  # seconds before the log-in; after it: middleware.py
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# `kortisto serve` collects the files; without it they are served from where they lie.
STATIC_ROOT = DATA_DIR / "static" / "staff"
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
