"""Addresses of the pensions, for ARIPA's caseworkers."""

from django.urls import path

from aripa.views import acts, agreements, bank, case, cases, days, order, piloting, protected, waiting

urlpatterns = [
    path("agent/pilotage/pensions/", piloting.dashboard, name="piloting"),
    path("agent/pilotage/pensions/exporter/", piloting.export, name="export_piloting"),
    path("agent/pilotage/pensions/liste/<slug:kind>/", piloting.listing, name="piloting_list"),
    path("agent/pilotage/pensions/liste/<slug:kind>/exporter/", piloting.export_listing, name="export_piloting_list"),
    path("agent/pensions/", cases.cases, name="cases"),
    path("agent/pensions/exporter/", cases.export, name="export"),
    path("agent/pensions/recherche/", cases.search, name="search"),
    path("agent/pensions/consultations/", cases.disclosures_seen, name="disclosures_seen"),
    path("agent/pensions/consultations/<int:disclosure>/", protected.revealed, name="revealed"),
    path("agent/pensions/banque/", bank.bank, name="bank"),
    path("agent/pensions/banque/<str:name>", bank.bank_file, name="bank_file"),
    path("agent/pensions/accords/", agreements.agreements, name="agreements"),
    path("agent/pensions/accords/<int:pk>/", agreements.agreement, name="agreement"),
    path("agent/pensions/accords/<int:pk>/demander/", agreements.ask, name="agreement_ask"),
    path("agent/pensions/accords/<int:pk>/decider/", agreements.decide, name="agreement_decide"),
    path("agent/pensions/accords/<int:pk>/acte/", agreements.original, name="agreement_original"),
    path("agent/pensions/accords/<int:pk>/pieces/<int:paper>/", agreements.paper, name="agreement_paper"),
    path("agent/pensions/jours/", days.live, name="live"),
    path("agent/pensions/jours/<str:day>/", days.day, name="day"),
    path("agent/pensions/actes/<int:act>/", acts.done, name="done"),
    path("agent/pensions/attente/", waiting.waiting, name="waiting"),
    path("agent/pensions/attente/<int:act>/", waiting.act, name="waiting_act"),
    path("agent/pensions/attente/<int:act>/admettre/", waiting.admit, name="admit"),
    path("agent/pensions/pieces/<int:paper>/", waiting.paper, name="paper"),
    path("agent/pensions/points/<int:worry>/", case.worry, name="worry"),
    # A case's number is its sender's: it may hold a slash, so its pages stand before the number alone.
    path("agent/pensions/releve/<str:party>/<path:case_no>/", case.statement, name="statement"),
    path("agent/pensions/recouvrement/<path:case_no>/ordre-<int:number>/lettre/", order.letter, name="order_letter"),
    path("agent/pensions/recouvrement/<path:case_no>/ordre-<int:number>/lien/", order.renew, name="order_renew"),
    path("agent/pensions/recouvrement/<path:case_no>/ordre-<int:number>/", order.order, name="order"),
    path("agent/pensions/recouvrement/<path:case_no>/", case.recovery, name="recovery"),
    path("agent/pensions/inscrire/<str:code>/<path:case_no>/", acts.tell, name="tell"),
    path("agent/pensions/responsable/<path:case_no>/", case.take, name="take"),
    path("agent/pensions/proteger/<path:case_no>/", protected.reveal, name="reveal"),
    path("agent/pensions/<path:case_no>/", case.case, name="case"),
]
