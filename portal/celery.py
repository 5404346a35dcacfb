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
        "fraud.directory",
        "fraud.envelopes",
        "fraud.exchanges",
        "fraud.cases",
        "fraud.thirdparties",
        "fraud.rncps",
        "fraud.journal",
        "fraud.signals",
        "monenfant",
        "monenfant.appointments",
        "monenfant.transmission",
        "portal.accounts",
        "portal.audit",
        "portal.benefits.running",
        "portal.benefits.small",
        "portal.benefits.uprating",
        "portal.casework",
        "portal.letters",
        "portal.notices",
        "portal.organisations.joint",
    ]
)
