"""Tests: both sites in one process, cheap PIN hashes, nothing kept."""

import atexit
import os
import shutil
import tempfile

if not os.environ.get("KORTISTO_DATA_DIR"):
    os.environ["KORTISTO_DATA_DIR"] = tempfile.mkdtemp(prefix="kortisto-test-")
    atexit.register(shutil.rmtree, os.environ["KORTISTO_DATA_DIR"], ignore_errors=True)
os.environ.setdefault("KORTISTO_SECRET_KEY", "only-for-tests")
_worker = os.environ.get("PYTEST_XDIST_WORKER", "").upper()
if own := os.environ.get(f"KORTISTO_DATABASE_URL_{_worker}"):
    os.environ["KORTISTO_DATABASE_URL"] = own  # each worker has a server of its own
# Never in memory, not even before the test database is made: a browser's server would
# take the one connection for all of its threads.
os.environ.setdefault(
    "KORTISTO_DATABASE_URL", f"sqlite:///{os.environ['KORTISTO_DATA_DIR']}/no.sqlite3"
)

from kortisto.config.settings.base import *
from kortisto.config.settings.base import DATA_DIR, DATABASES, INSTALLED_APPS
from kortisto.config.web import (
    door_middleware,
    public_middleware,
    staff_middleware,
    templates,
)

# A real file, so that threads and a browser's server meet the locks of production;
# nothing has to survive a power cut.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "kortisto.interfaces.staff",
    "kortisto.interfaces.opac",
]
ROOT_URLCONF = "kortisto.config.urls_staff"
MIDDLEWARE = staff_middleware()
TEMPLATES = templates("kortisto.interfaces.staff.context.staff")
LANGUAGE_CODE = "en"  # tests read the sentences as they stand in the code
LOGIN_URL = "/login/"
CSRF_FAILURE_VIEW = "kortisto.interfaces.staff.pages.errors.stale_form"
SESSION_COOKIE_AGE = 30 * 60
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PIN_HASHER = "md5"
SEARCH_ENGINE = "kortisto.adapters.search_engine.memory.MemoryEngine"
IDENTITY_VAULT = "kortisto.testing.identity_vault.MemoryVault"
MAIL_SERVICE = "kortisto.testing.mail.MemoryMail"
ARTIFICIAL_IDENTITY_CODES = True
ALLOWED_HOSTS = ["*"]

# What a test of a public page sets: the two sites differ in nothing else.
PUBLIC_SITE = {
    "ROOT_URLCONF": "kortisto.config.urls_public",
    "MIDDLEWARE": public_middleware(),
    "TEMPLATES": templates("kortisto.interfaces.opac.context.public"),
    "CSRF_FAILURE_VIEW": "kortisto.interfaces.opac.pages.information.form_too_old",
}
DOORS = {
    "ROOT_URLCONF": "kortisto.config.urls_door",
    "MIDDLEWARE": door_middleware(),
}
