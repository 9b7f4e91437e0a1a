from django.apps import AppConfig


class DistributionConfig(AppConfig):
    name = "kortisto.domain.distribution"
    default_auto_field = "django.db.models.BigAutoField"
