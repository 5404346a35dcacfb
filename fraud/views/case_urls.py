"""Control cases, the fraud panel, the board's opinions, the director's signatures."""

from django.urls import URLPattern, path

from fraud.views import case_act, cases, panel, penalties, sworn

urlpatterns: list[URLPattern] = [
    path("agent/controle/dossiers/", cases.cases, name="cases"),
    path("agent/controle/dossiers/nouveau/", case_act.case_new, name="case_new"),
    path("agent/controle/dossiers/<str:number>/", cases.case, name="case"),
    path("agent/controle/dossiers/<str:number>/courriers/<int:paper>/", cases.case_paper, name="case_paper"),
    path("agent/controle/dossiers/<str:number>/pieces/<int:item>/", cases.evidence, name="evidence"),
    path("agent/controle/dossiers/<str:number>/copies/<int:paper>/", cases.case_copies, name="case_copies"),
    path("agent/controle/assermentations/", sworn.sworn, name="sworn"),
    path("agent/controle/dossiers/<str:number>/<slug:act>/", case_act.case_act, name="case_act"),
    path("agent/controle/penalites/", penalties.penalties_to_sign, name="penalties_to_sign"),
    path("agent/commission-fraude/", panel.panel, name="panel"),
    path("agent/commission-fraude/<int:qualification>/", panel.panel_case, name="panel_case"),
    path("agent/avis/", penalties.opinions, name="opinions"),
    path("agent/avis/<int:penalty>/", penalties.opinion, name="opinion"),
]
