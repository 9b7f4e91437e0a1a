from django.apps import AppConfig


class AcquisitionsConfig(AppConfig):
    name = "kortisto.domain.acquisitions"
    default_auto_field = "django.db.models.BigAutoField"
