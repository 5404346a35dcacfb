from django.apps import AppConfig


class BatchesConfig(AppConfig):
    name = "portal.batches"
    label = "batches"
    verbose_name = "Traitements"

    def ready(self) -> None:
        # Tasks sent from the web find the application's broker.
        import portal.celery  # noqa: F401
