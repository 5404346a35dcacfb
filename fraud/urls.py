"""Addresses of control and exchanges."""

from django.urls import include, path

app_name = "fraud"
urlpatterns = [
    path("", include("fraud.views.lead_urls")),
    path("", include("fraud.views.case_urls")),
    path("", include("fraud.views.directory_urls")),
    path("", include("fraud.views.exchange_urls")),
    path("", include("fraud.views.third_party_urls")),
    path("", include("fraud.views.codaf_urls")),
    path("", include("fraud.views.rncps_urls")),
    path("", include("fraud.views.programme_urls")),
    path("", include("fraud.views.journal_urls")),
]
