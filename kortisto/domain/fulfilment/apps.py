from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "kortisto.domain.fulfilment"
    default_auto_field = "django.db.models.BigAutoField"
