"""Addresses of what caseworkers do with a dossier: repair, decide, hand over, put issued months right, merge."""

from django.urls import path

from cmg.views import acts, acts_hands, acts_merge, acts_money, acts_verdicts, remedies_exports

app_name = "acts"
urlpatterns = [
    path("agent/reparer/<str:act>/<path:employer_no>/", acts.repair, name="repair"),
    path("agent/reparations/<int:repair>/", acts.repaired, name="repaired"),
    path("agent/reparations/<int:repair>/annuler/", acts.undo_repair, name="undo"),
    path("agent/decisions/<str:kind>/<str:month>/<path:employer_no>/", acts_verdicts.decide, name="decide"),
    path("agent/decisions/<int:verdict>/", acts_verdicts.answer, name="verdict"),
    path("agent/dossiers/<int:dossier>/attribuer/", acts_hands.assign, name="assign"),
    path("agent/dossiers/<int:dossier>/transmettre/", acts_hands.propose, name="hand_over"),
    path("agent/dossiers/<int:dossier>/clore/", acts_hands.end, name="end"),
    path("agent/transmissions/<int:hand_over>/", acts_hands.answer, name="answer"),
    path("agent/fusion/<path:employer_no>/", acts_merge.merge, name="merge"),
    path("agent/fusions/<int:merge>/defaire/", acts_merge.part, name="part"),
    path("agent/regularisations/", acts_money.regularisations, name="regularisations"),
    path("agent/regularisations/exporter/", remedies_exports.export_regularisations, name="export_regularisations"),
    path("agent/regularisations/<int:regularisation>/", acts_money.regularisation, name="regularisation"),
    path("agent/regularisations/<int:regularisation>/decider/", acts_money.decide, name="decide_regularisation"),
    path("agent/regularisations/proposer/<path:employer_no>/", acts_money.propose, name="propose_regularisation"),
]
