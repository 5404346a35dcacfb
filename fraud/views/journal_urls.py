"""The journal, read by sampling."""

from django.urls import URLPattern, path

from fraud.views import journal

urlpatterns: list[URLPattern] = [
    path("agent/journal/", journal.journal, name="journal"),
    path("agent/journal/tirer/", journal.draw, name="journal_draw"),
    path("agent/journal/lignes/<int:pk>/", journal.line, name="journal_line"),
    path("agent/journal/alertes/<int:pk>/", journal.alarm, name="journal_alarm"),
    path("agent/journal/questions/<int:pk>/", journal.question, name="journal_question"),
    path("agent/journal/sensibles/", journal.sensitive, name="journal_sensitive"),
    path("agent/journal/<str:month>/", journal.month, name="journal_month"),
]
