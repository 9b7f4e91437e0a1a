from django.apps import AppConfig


class ClosuresConfig(AppConfig):
    name = "kortisto.domain.closures"
    default_auto_field = "django.db.models.BigAutoField"
