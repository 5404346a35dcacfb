from django.apps import AppConfig


class MonenfantConfig(AppConfig):
    name = "monenfant"
    label = "monenfant"
    verbose_name = "monenfant"

    def ready(self) -> None:
        from monenfant.flows.kinds import register_kinds

        register_kinds()
