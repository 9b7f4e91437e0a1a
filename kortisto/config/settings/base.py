"""Settings that every process shares, read from the environment once, typed.

Each variable is explained in docs/configuration.md. No secret has a default: the
secret key is made once and kept in the data directory when it is not given.
"""

from pathlib import Path
from typing import Final

from kortisto.config.environment import database, env, secret_key
from kortisto.config.proxies import networks

BASE_DIR: Final = Path(__file__).resolve().parents[2]
DATA_DIR: Final = Path(env("KORTISTO_DATA_DIR", "./var")).resolve()

SECRET_KEY = secret_key(DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = env("KORTISTO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

DATABASES = {
    "default": database(
        env("KORTISTO_DATABASE_URL", f"sqlite:///{DATA_DIR / 'kortisto.sqlite3'}")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "kortisto.core",
    "kortisto.domain.org",
    "kortisto.domain.patrons",
    "kortisto.domain.catalogue",
    "kortisto.domain.policies",
    "kortisto.domain.fees",
    "kortisto.domain.holds",
    "kortisto.domain.acquisitions",
    "kortisto.domain.circulation",
    "kortisto.domain.entry",
    "kortisto.domain.fulfilment",
    "kortisto.domain.closures",
    "kortisto.domain.offline",
    "kortisto.domain.distribution",
    "kortisto.domain.delivery",
    "kortisto.domain.search",
    "kortisto.domain.notices",
    "kortisto.ui",
]
AUTH_USER_MODEL = "org.Staff"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",  # new passwords of staff
    "kortisto.domain.patrons.pin_hashes.PinHasher",
]
PIN_HASHER = "argon2pin"

USE_TZ = True
TIME_ZONE = "Europe/Helsinki"
USE_I18N = True
LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", "suomi"), ("sv", "svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["kortisto.config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" / "none"  # each site has its own
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"

TASKS = {"default": {"BACKEND": "kortisto.core.tasks_backend.KortistoBackend"}}

CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_COOKIES = env("KORTISTO_HTTPS", "no") == "yes"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_TRUSTED_ORIGINS = [o for o in env("KORTISTO_ORIGINS", "").split(",") if o]
TRUSTED_PROXIES = networks(env("KORTISTO_TRUSTED_PROXIES", ""))

IDENTITY_VAULT = "kortisto.adapters.identity_vault.client.vault_of_the_settings"
VAULT_URL = env("KORTISTO_VAULT_URL", f"unix:{DATA_DIR / 'vault.sock'}")
VAULT_SECRETS = {  # files with the name and the secret of an account each
    "desk": env("KORTISTO_VAULT_DESK_SECRET", str(DATA_DIR / "vault-desk.secret")),
    "billing": env(
        "KORTISTO_VAULT_BILLING_SECRET", str(DATA_DIR / "vault-billing.secret")
    ),
}
ARTIFICIAL_IDENTITY_CODES = env("KORTISTO_ARTIFICIAL_IDENTITY_CODES", "no") == "yes"

SEARCH_ENGINE = "kortisto.adapters.search_engine.tantivy_engine.TantivyEngine"
SEARCH_INDEX_DIR = DATA_DIR / "index"
DOOR_DIR = DATA_DIR / "door"  # what doors of this machine decide by meanwhile

STRONG_IDENTIFICATION = (
    "kortisto.adapters.strong_identification.oidc.identification_of_the_environment"
)
MAIL_SERVICE = "kortisto.adapters.email.service.service_of_the_settings"
MAIL_URL = env("KORTISTO_MAIL_URL", "")
MAIL_FROM = env("KORTISTO_MAIL_FROM", "kirjasto@localhost")
PUBLIC_URL = env("KORTISTO_PUBLIC_URL", "http://localhost:8000").rstrip("/")

STAFF_SIGN_IN = "kortisto.adapters.staff_sign_in.services.sign_in_of_the_environment"
POPULATION_REGISTER = "kortisto.adapters.population_register.register.register_of"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "kortisto.core.log_lines.LogLines",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # The newest digest of the audit chain belongs in the log, outside the database.
    "loggers": {
        "kortisto.core.audit": {"level": "INFO"},
        "django.db.backends": {"level": "INFO"},  # DEBUG tells the values of statements
    },
    "root": {"handlers": ["stderr"], "level": env("KORTISTO_LOG_LEVEL", "WARNING")},
}
