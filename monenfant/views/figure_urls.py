"""Addresses of the public figures, of the open data and of the outlines of maps."""

from django.urls import path

from monenfant.views import figure_outlines

urlpatterns = [
    path("garde/contours/departements.json", figure_outlines.outlines, name="outlines"),
    path("garde/contours/<str:departement>.json", figure_outlines.outlines, name="commune_outlines"),
]
