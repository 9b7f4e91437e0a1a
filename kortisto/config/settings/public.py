"""The public site: it cannot even import a staff page (design decision 7)."""

from kortisto.config.environment import env
from kortisto.config.settings.base import *
from kortisto.config.settings.base import DATA_DIR, INSTALLED_APPS
from kortisto.config.web import keep_staff_pages_out, public_middleware, templates

keep_staff_pages_out()

ROOT_URLCONF = "kortisto.config.urls_public"
WSGI_APPLICATION = "kortisto.config.wsgi_public.application"
INSTALLED_APPS = [*INSTALLED_APPS, "kortisto.interfaces.opac"]
MIDDLEWARE = public_middleware()
TEMPLATES = templates("kortisto.interfaces.opac.context.public")
LOGIN_URL = "/login/"
CSRF_FAILURE_VIEW = "kortisto.interfaces.opac.pages.information.form_too_old"
SESSION_COOKIE_NAME = "kortisto"
CSRF_COOKIE_NAME = "kortisto_csrf"
SESSION_COOKIE_AGE = 30 * 60  # seconds

# Who registers on the web is kept by an account of its own: see the administrator's
# guide. Without the file nobody asks for identity codes from here.
VAULT_SECRETS = {
    "desk": env("KORTISTO_VAULT_ONLINE_SECRET", str(DATA_DIR / "vault-online.secret"))
}

# `kortisto serve` collects the files; without it they are served from where they lie.
STATIC_ROOT = DATA_DIR / "static" / "public"
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
