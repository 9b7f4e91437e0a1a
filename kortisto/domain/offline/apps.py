from django.apps import AppConfig


class OfflineConfig(AppConfig):
    name = "kortisto.domain.offline"
    default_auto_field = "django.db.models.BigAutoField"
