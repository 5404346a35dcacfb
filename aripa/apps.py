from django.apps import AppConfig


class AripaConfig(AppConfig):
    name = "aripa"
    label = "aripa"
    verbose_name = "ARIPA"
