"""Addresses of ARS, AEEH and small payments, for agents and for the families concerned."""

from django.urls import include, path

app_name = "benefits"
urlpatterns = [
    path("", include("portal.benefits.views.run_urls")),
    path("", include("portal.benefits.views.person_urls")),
    path("", include("portal.benefits.views.small_urls")),
    path("", include("portal.benefits.views.uprating_urls")),
    path("", include("portal.benefits.views.own_urls")),
]
