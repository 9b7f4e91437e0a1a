from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "kortisto.domain.catalogue"
    default_auto_field = "django.db.models.BigAutoField"
    secrecy = "public"  # of tables that say nothing else
