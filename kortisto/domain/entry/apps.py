from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "kortisto.domain.entry"
    default_auto_field = "django.db.models.BigAutoField"
