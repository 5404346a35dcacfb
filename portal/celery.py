"""The Celery application. Messages carry ids only; what is left to do is read from database rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "aripa",
        "cmg",
        "cmg.replay",
        "monenfant",
        "portal.accounts",
        "portal.casework",
        "portal.letters",
        "portal.notices",
    ]
)
