"""A real OpenID provider for tests: django-oauth-toolkit, in a process of its own.

    python -m tests.sign_in_provider PORT RETURN_TO

serves until it is ended. One person has an account, and one client is registered, by
the values below.
"""

import sys
from wsgiref.simple_server import WSGIServer, make_server

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

CLIENT = "kortisto"
SECRET = "a secret / of our own"
USERNAME, PASSWORD = "aino.virkailija", "the municipality's password"
FORM = "<form method=post>{% csrf_token %}{{ form.as_p }}<button>Log in</button></form>"


def configure(port: int) -> None:
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings.configure(
        SECRET_KEY="only-for-tests",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.sign_in_provider",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": "file:provider?mode=memory&cache=shared",
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {"registration/login.html": FORM},
                        )
                    ]
                },
            }
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        SESSION_COOKIE_NAME="provider",
        CSRF_COOKIE_NAME="provider_csrf",
        LOGIN_URL="/login/",
        USE_TZ=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem.decode(),
            "OIDC_ISS_ENDPOINT": f"http://localhost:{port}/o",
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "Log in"},
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
        },
    )


def fill(return_to: str) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application  # type: ignore[import-untyped]

    call_command("migrate", verbosity=0)
    User.objects.create_user(USERNAME, password=PASSWORD)
    Application.objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=return_to,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )


def serve(port: int, return_to: str) -> None:
    configure(port)
    import django

    django.setup()
    from django.contrib.auth.views import LoginView
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    globals()["urlpatterns"] = [
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
        path("login/", LoginView.as_view()),
    ]
    fill(return_to)
    server: WSGIServer = make_server("localhost", port, get_wsgi_application())
    server.serve_forever()


if __name__ == "__main__":
    sys.modules["tests.sign_in_provider"] = sys.modules["__main__"]
    serve(int(sys.argv[1]), sys.argv[2])
