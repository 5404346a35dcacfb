from django.apps import AppConfig


class FraudConfig(AppConfig):
    name = "fraud"
    label = "fraud"
    verbose_name = "Lutte contre la fraude"
