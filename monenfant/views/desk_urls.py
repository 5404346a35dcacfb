"""Addresses of a desk: its requests, its agenda, its hours; and the agenda that its calendar polls."""

from django.urls import path

from monenfant.views import desk, desk_agenda

urlpatterns = [
    path("pro/rendez-vous/", desk.desk, name="desk"),
    path("pro/rendez-vous/<int:pk>/", desk.request_page, name="desk_request"),
    path("pro/rendez-vous/agenda/", desk_agenda.agenda, name="desk_agenda"),
    path("pro/rendez-vous/agenda/adresse/", desk_agenda.renew, name="desk_feed_renew"),
    path("pro/rendez-vous/heures/", desk_agenda.hours, name="desk_hours"),
    path("agendas/<str:token>.ics", desk_agenda.feed, name="desk_feed"),
]
