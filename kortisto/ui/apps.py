from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "kortisto.ui"
    label = "ui"
