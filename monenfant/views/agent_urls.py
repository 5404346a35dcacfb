"""Addresses of childcare for the agents of the funds."""

from django.urls import path

from monenfant.views import (
    agent,
    agent_campaigns,
    agent_decisions,
    agent_follow_up,
    agent_offer,
    agent_stops,
    agent_structures,
)

urlpatterns = [
    path("agent/enfance/", agent.childcare, name="childcare"),
    path("agent/enfance/campagnes/<str:day>/", agent_campaigns.campaign, name="campaign"),
    path("agent/enfance/campagnes/<str:day>/exporter/", agent_campaigns.export_campaign, name="export_campaign"),
    path("agent/enfance/relais/", agent_campaigns.helped, name="helped"),
    path("agent/enfance/suivis/", agent_campaigns.every, name="follow_ups"),
    path("agent/enfance/suivis/<int:follow_up>/", agent_follow_up.follow_up, name="follow_up"),
    path(
        "agent/enfance/suivis/<int:follow_up>/courriers/<int:letter>/", agent_follow_up.letter, name="follow_up_letter"
    ),
    path("agent/enfance/suivis/<int:follow_up>/<str:code>/", agent_follow_up.act, name="follow_up_act"),
    path("agent/enfance/structures/", agent_structures.silences, name="silences"),
    path("agent/enfance/structures/exporter/", agent_structures.export_silences, name="export_silences"),
    path("agent/enfance/structures/<int:silence>/appel/", agent_structures.called, name="called"),
    path("agent/enfance/arrets/", agent_stops.stops, name="stops"),
    path("agent/enfance/decisions/", agent_decisions.decisions, name="decisions"),
    path("agent/enfance/lieux/<int:place>/suspension/", agent_decisions.suspension, name="suspension"),
    path("agent/enfance/lieux/<int:place>/retrait/", agent_decisions.withdrawal, name="withdrawal"),
    path("agent/enfance/motifs/<int:ground>/retirer/", agent_decisions.remove, name="remove_ground"),
    path("agent/enfance/offre/", agent_offer.files, name="offer_files"),
    path("agent/enfance/offre/<int:file>/", agent_offer.refused_rows, name="refused_rows"),
    path("agent/enfance/offre/lignes/<int:row>/", agent_offer.refused_row, name="refused_row"),
]
