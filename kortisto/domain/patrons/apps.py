from django.apps import AppConfig


class PatronsConfig(AppConfig):
    name = "kortisto.domain.patrons"
    default_auto_field = "django.db.models.BigAutoField"
