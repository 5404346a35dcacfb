"""The departmental committee."""

from django.urls import URLPattern, path

from fraud.views import codaf, codaf_acts, codaf_following, codaf_meeting

urlpatterns: list[URLPattern] = [
    path("agent/codaf/", codaf.codaf, name="codaf"),
    path("agent/codaf/membres/nouveau/", codaf.new_member, name="codaf_member"),
    path("agent/codaf/membres/<int:pk>/fin/", codaf.end, name="codaf_member_end"),
    path("agent/codaf/reunions/nouvelle/", codaf_meeting.new, name="codaf_new"),
    path("agent/codaf/reunions/<int:pk>/", codaf_meeting.meeting, name="codaf_meeting"),
    path("agent/codaf/reunions/<int:pk>/presences/", codaf_meeting.attendance, name="codaf_attendance"),
    path("agent/codaf/reunions/<int:pk>/pieces/<int:paper>/", codaf_meeting.paper, name="codaf_paper"),
    path("agent/codaf/reunions/<int:pk>/<str:code>/", codaf_acts.act, name="codaf_act"),
    path("agent/codaf/operations/<int:pk>/", codaf_following.operation, name="codaf_operation"),
    path("agent/codaf/comptes-rendus/", codaf_following.reports, name="codaf_reports"),
    path("agent/codaf/comptes-rendus/<int:pk>/", codaf_following.report, name="codaf_report"),
    path("agent/codaf/comptes-rendus/<int:pk>/pdf/", codaf_following.report_pdf, name="codaf_report_pdf"),
]
