"""Addresses of ARIPA’s pages."""

from django.urls import include, path

app_name = "aripa"
urlpatterns = [
    path("", include("aripa.views.agent_urls")),
    path("", include("aripa.views.own_urls")),
    path("", include("aripa.views.api_urls")),
    path("", include("aripa.views.third_urls")),
]
