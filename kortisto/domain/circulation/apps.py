from django.apps import AppConfig


class CirculationConfig(AppConfig):
    name = "kortisto.domain.circulation"
    default_auto_field = "django.db.models.BigAutoField"
