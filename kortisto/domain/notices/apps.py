from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "kortisto.domain.notices"
    default_auto_field = "django.db.models.BigAutoField"
