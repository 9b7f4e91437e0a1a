from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "kortisto.domain.org"
    default_auto_field = "django.db.models.BigAutoField"
    secrecy = "public"  # of tables that say nothing else
