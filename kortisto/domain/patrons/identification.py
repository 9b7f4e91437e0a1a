"""The strong identification that the settings name: one for the whole process."""

from functools import lru_cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from kortisto.domain.patrons.identified import StrongIdentification


@lru_cache(maxsize=1)
def strong_identification() -> StrongIdentification:
    make = import_string(settings.STRONG_IDENTIFICATION)
    return cast("StrongIdentification", make())
