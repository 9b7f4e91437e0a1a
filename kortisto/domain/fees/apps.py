from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "kortisto.domain.fees"
    default_auto_field = "django.db.models.BigAutoField"
