from django.apps import AppConfig


class MonenfantConfig(AppConfig):
    name = "monenfant"
    label = "monenfant"
    verbose_name = "monenfant"
