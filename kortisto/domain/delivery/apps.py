from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "kortisto.domain.delivery"
    default_auto_field = "django.db.models.BigAutoField"
