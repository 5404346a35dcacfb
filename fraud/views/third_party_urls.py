"""Requests to third parties."""

from django.urls import URLPattern, path

from fraud.views import third_answer, third_fines, third_parties, third_request

urlpatterns: list[URLPattern] = [
    path("agent/controle/tiers/", third_parties.third_parties, name="third_parties"),
    path("agent/controle/tiers/nouvelle/<int:case>/", third_parties.new, name="third_new"),
    path("agent/controle/tiers/<int:pk>/", third_request.request_page, name="third_request"),
    path("agent/controle/tiers/<int:pk>/courriers/<int:letter>/", third_request.letter, name="third_letter"),
    path("agent/controle/tiers/<int:pk>/pieces/<int:paper>/", third_request.paper, name="third_paper"),
    path("agent/controle/tiers/<int:pk>/<str:code>/", third_request.act, name="third_act"),
    path("agent/controle/amendes/", third_fines.fines, name="third_fines"),
    path("agent/controle/amendes/<int:pk>/", third_fines.fine, name="third_fine"),
    path("demande/<str:token>/", third_answer.third_answer, name="third_answer"),
    path("demande/<str:token>/recu/<uuid:key>/", third_answer.receipt, name="third_answer_receipt"),
]
