"""Addresses of uprating day."""

from django.urls import path

from portal.benefits.views import uprating_families, upratings

HOME = "agent/prestations/revalorisation/"
ONE = f"{HOME}<int:number>/"
urlpatterns = [
    path(HOME, upratings.upratings, name="upratings"),
    path(ONE, upratings.uprating, name="uprating"),
    path(f"{ONE}avancement/", upratings.uprating_progress, name="uprating_progress"),
    path(f"{ONE}apercu/", upratings.uprating_preview, name="uprating_preview"),
    path(f"{ONE}confirmer/", upratings.uprating_confirm, name="uprating_confirm"),
    path(f"{ONE}en-vigueur/", upratings.uprating_in_force, name="uprating_in_force"),
    path(f"{ONE}retirer/", upratings.uprating_withdraw, name="uprating_withdraw"),
    path(f"{ONE}mois/", upratings.uprating_month, name="uprating_month"),
    path(f"{ONE}familles/", uprating_families.uprating_families, name="uprating_families"),
    path(f"{ONE}familles/export/", uprating_families.export_uprating_families, name="export_uprating_families"),
    path(f"{ONE}familles/<int:line>/", uprating_families.uprating_family, name="uprating_family"),
]
