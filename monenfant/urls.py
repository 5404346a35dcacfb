"""Addresses of the childcare pages."""

from django.urls import include, path

app_name = "monenfant"
urlpatterns = [
    path("", include("monenfant.views.pro_urls")),
    path("", include("monenfant.views.desk_urls")),
    path("", include("monenfant.views.transmission_urls")),
    path("", include("monenfant.views.search_urls")),
    path("", include("monenfant.views.appointment_urls")),
    path("", include("monenfant.views.figure_urls")),
    path("", include("monenfant.views.agent_urls")),
]
