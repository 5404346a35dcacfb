"""Addresses of the dashboard and of the replay of June 2019."""

from django.urls import path

from cmg.views import piloting, piloting_replay

urlpatterns = [
    path("pilotage/", piloting.dashboard, name="piloting"),
    path("pilotage/exporter/", piloting.export_figures, name="export_piloting"),
    path("pilotage/prelevements/", piloting.wrong, name="piloting_wrong"),
    path("pilotage/prelevements/exporter/", piloting.export_wrong, name="export_piloting_wrong"),
    path("pilotage/liste/<slug:kind>/", piloting.listing, name="piloting_list"),
    path("pilotage/liste/<slug:kind>/exporter/", piloting.export_listing, name="export_piloting_list"),
    path("rejeu/", piloting_replay.replay, name="replay"),
    path("rejeu/calculer/", piloting_replay.start, name="replay_start"),
    path("rejeu/liste/<slug:figure>/", piloting_replay.listing, name="replay_list"),
    path("rejeu/familles/<str:employer_no>/", piloting_replay.family, name="replay_family"),
]
