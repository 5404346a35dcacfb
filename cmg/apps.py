from django.apps import AppConfig


class CmgConfig(AppConfig):
    name = "cmg"
    label = "cmg"
    verbose_name = "CMG"
