from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from typing_extensions import override

DECLARATIONS = (
    "permissions",
    "events",
    "subscribers",
    "jobs",
    "undoing",
    "hindrances",
    "checks",
    "errands",
    "about_patrons",
    "retention",
    "activity",
)


class CoreConfig(AppConfig):
    name = "kortisto.core"
    default_auto_field = "django.db.models.BigAutoField"
    secrecy = "staff"  # of tables that say nothing else

    @override
    def ready(self) -> None:
        """Import what the apps declare, in modules of these names."""
        for module in ("audit", "retention", "tasks_backend", "verification"):
            import_module(f"{self.name}.{module}")
        autodiscover_modules(*DECLARATIONS)
