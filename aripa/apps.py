from django.apps import AppConfig


class AripaConfig(AppConfig):
    name = "aripa"
    label = "aripa"
    verbose_name = "ARIPA"

    def ready(self) -> None:
        from aripa.flows.kinds import register_kinds

        register_kinds()
