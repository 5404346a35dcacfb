"""Addresses of the public figures, of the open data and of the outlines of maps."""

from django.urls import path

from monenfant.views import figure_outlines, figures

urlpatterns = [
    path("garde/chiffres/", figures.figures, name="figures"),
    path("garde/chiffres/<str:departement>/", figures.departement_figures, name="departement_figures"),
    path("garde/donnees/", figures.open_data, name="open_data"),
    path("garde/donnees/<slug:name>.<slug:form>", figures.open_data_file, name="open_data_file"),
    path("garde/contours/departements.json", figure_outlines.outlines, name="outlines"),
    path("garde/contours/<str:departement>.json", figure_outlines.outlines, name="commune_outlines"),
]
