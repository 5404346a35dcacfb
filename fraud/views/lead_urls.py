"""Leads, matching rules, the public register of rules."""

from django.urls import URLPattern, path

from fraud.views import assessments, flow_files, lead_acts, leads, rules

urlpatterns: list[URLPattern] = [
    path("agent/controle/", leads.control, name="control"),
    path("agent/controle/signaux/<int:lead>/", leads.lead, name="lead"),
    path("agent/controle/signaux/<int:lead>/<str:act>/", lead_acts.act, name="lead_act"),
    path("agent/controle/contestations/<int:contest>/", lead_acts.answer, name="contest"),
    path("agent/controle/regles/", rules.rules, name="rules"),
    path("agent/controle/regles/<str:code>/", rules.rule, name="rule"),
    path("agent/controle/regles/<str:code>/suspendre/", rules.veto, name="rule_veto"),
    path("agent/controle/regles/<str:code>/avis/", assessments.opinion, name="rule_opinion"),
    path("agent/controle/passages/", rules.runs, name="signal_runs"),
    path("agent/controle/passages/lancer/", rules.start_run, name="start_signals"),
    path("agent/controle/fichiers/", flow_files.files, name="flow_files"),
    path("agent/controle/fichiers/<int:file>/", flow_files.rows, name="flow_rows"),
    path("agent/controle/fichiers/ligne/<int:row>/", flow_files.row, name="flow_row"),
    path("algorithmes/", rules.register, name="register"),
    path("algorithmes/<str:code>/", assessments.assessment, name="assessment"),
]
