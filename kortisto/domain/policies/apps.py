from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "kortisto.domain.policies"
    default_auto_field = "django.db.models.BigAutoField"
    secrecy = "public"  # of tables that say nothing else
