"""The identity vault that the settings name: one for the whole process."""

from functools import lru_cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from kortisto.domain.patrons.ports import IdentityVault


@lru_cache(maxsize=1)
def vault() -> IdentityVault:
    make = import_string(settings.IDENTITY_VAULT)
    return cast("IdentityVault", make())
