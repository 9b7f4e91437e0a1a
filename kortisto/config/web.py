"""What both sites are made of: middleware, templates, the wall between them."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from typing_extensions import override

STAFF_ONLY = "kortisto.interfaces.staff"


class _StaffPagesStayOut(MetaPathFinder):
    @override
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname == STAFF_ONLY or fullname.startswith(f"{STAFF_ONLY}."):
            message = f"{fullname} does not exist in the public process"
            raise ModuleNotFoundError(message, name=fullname)
        return None


def keep_staff_pages_out() -> None:
    """Make every import of a staff page fail in this process."""
    sys.meta_path.insert(0, _StaffPagesStayOut())


def _common_middleware() -> list[str]:
    return [
        "kortisto.config.proxies.ClientAddress",
        "kortisto.config.security.SecurityHeaders",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "kortisto.config.addresses.OddRequests",
    ]


def staff_middleware() -> list[str]:
    return [
        *_common_middleware(),
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "kortisto.interfaces.staff.middleware.KnownWorkstation",
        "kortisto.interfaces.staff.middleware.StaffSession",
    ]


def public_middleware() -> list[str]:
    return [*_common_middleware(), "kortisto.interfaces.opac.middleware.PatronSession"]


def door_middleware() -> list[str]:
    """Machines have no session, no language and no forms."""
    return [
        "kortisto.config.security.SecurityHeaders",
        "django.middleware.security.SecurityMiddleware",
        "kortisto.config.addresses.OddRequests",
    ]


def templates(site_context: str) -> list[dict[str, Any]]:
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.template.context_processors.i18n",
                    site_context,
                ],
                "builtins": ["template_partials.templatetags.partials"],
            },
        }
    ]
