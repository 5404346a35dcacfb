"""Addresses of the joint funds."""

from django.urls import path

from portal.organisations.views import (
    competence,
    creation_acts,
    creation_file,
    creation_new,
    deliberations,
    fund,
    fund_acts,
    fund_order,
    joint_funds,
)

app_name = "organisations"
urlpatterns = [
    path("agent/caisses/", joint_funds.joint_funds, name="joint_funds"),
    path("agent/caisses/competence/", competence.competence, name="competence"),
    path("agent/caisses/dossiers/nouveau/", creation_new.new, name="creation_new"),
    path("agent/caisses/dossiers/<int:pk>/", creation_file.file, name="creation_file"),
    path("agent/caisses/dossiers/<int:pk>/<str:code>/", creation_acts.act, name="creation_act"),
    path("agent/caisses/communes/<str:code>/", fund.fund, name="fund"),
    path("agent/caisses/communes/<str:code>/rendre/", fund_acts.give_back, name="fund_give_back"),
    path("agent/caisses/communes/<str:code>/<str:act>/", fund_acts.enter, name="fund_act"),
    path("agent/caisses/arretes/<int:pk>/", fund_order.order, name="fund_order"),
    path(
        "agent/caisses/arretes/<int:pk>/confirmer/", fund_order.decide, {"act": "confirmer"}, name="fund_order_confirm"
    ),
    path(
        "agent/caisses/arretes/<int:pk>/abandonner/", fund_order.decide, {"act": "abandonner"}, name="fund_order_drop"
    ),
    path("agent/caisses/deliberations/", deliberations.deliberations, name="deliberations"),
    path("agent/caisses/deliberations/nouvelle/", deliberations.new, name="deliberation_new"),
    path("agent/caisses/deliberations/<int:pk>/", deliberations.deliberation, name="deliberation"),
]
