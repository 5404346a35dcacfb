"""Addresses of the pages about persons."""

from django.urls import path

from portal.benefits.views import decision, persons, received, schooling

urlpatterns = [
    path("agent/prestations/personnes/", persons.persons, name="persons"),
    path("agent/prestations/personnes/<str:fund>/<path:number>/", persons.family, name="family"),
    path("agent/prestations/scolarite/<str:fund>/<path:number>/", schooling.schooling, name="schooling"),
    path("agent/prestations/decision/<str:fund>/<path:number>/", decision.decision, name="decision"),
    path("agent/prestations/fichiers/", received.files, name="files"),
    path("agent/prestations/fichiers/<int:file>/", received.refused_rows, name="refused_rows"),
    path("agent/prestations/lignes/<int:row>/", received.refused_row, name="refused_row"),
]
