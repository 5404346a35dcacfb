"""Addresses of the runs of ARS and AEEH."""

from django.urls import path

from portal.benefits.views import run_lists, run_signing, runs

urlpatterns = [
    path("agent/prestations/", runs.runs, name="runs"),
    path("agent/prestations/calculer/", runs.close, name="close"),
    path("agent/prestations/arrete/<int:run>/", runs.run, name="run"),
    path("agent/prestations/arrete/<int:run>/avancement/", runs.progress_fragment, name="progress"),
    path("agent/prestations/arrete/<int:run>/signature/", run_signing.signature, name="signature"),
    path("agent/prestations/arrete/<int:run>/emettre/", runs.issue, name="issue"),
    path("agent/prestations/arrete/<int:run>/banque/", runs.bank, name="bank"),
    path("agent/prestations/arrete/<int:run>/familles/", run_lists.families, name="run_families"),
    path("agent/prestations/arrete/<int:run>/familles/exporter/", run_lists.export_families, name="export_families"),
    path("agent/prestations/montant/<int:award>/", run_lists.award, name="award"),
    path("famille/prestations/montant/<int:award>/", run_lists.own_award, name="own_award"),
]
