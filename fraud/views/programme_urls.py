"""The control programme."""

from django.urls import URLPattern, path

from fraud.views import programme, programme_acts

urlpatterns: list[URLPattern] = [
    path("agent/programme/", programme.programme, name="programme"),
    path("agent/programme/nouveau/<str:body>/<int:year>/", programme_acts.new, name="programme_new"),
    path("agent/programme/plan/<str:body>/<int:year>/", programme_acts.plan, name="programme_plan"),
    path("agent/programme/<int:pk>/", programme.version, name="programme_version"),
    path("agent/programme/<int:pk>/rediger/", programme_acts.edit, name="programme_edit"),
    path("agent/programme/<int:pk>/liste/<str:code>/", programme.behind, name="programme_list"),
    path("agent/programme/<int:pk>/synthese/<str:kind>/", programme.synthesis_file, name="programme_synthesis"),
    path("agent/programme/<int:pk>/<str:code>/", programme_acts.act, name="programme_act"),
]
