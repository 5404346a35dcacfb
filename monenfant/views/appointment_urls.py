"""Addresses by which a family asks for an appointment and follows it, and where a fund reads what waits for it."""

from django.urls import path

from monenfant.views import appointment, appointment_agent, appointment_follow

urlpatterns = [
    path("garde/rendez-vous/", appointment.appointment, name="appointment"),
    path("garde/rendez-vous/<str:token>/", appointment_follow.follow, name="appointment_follow"),
    path("garde/rendez-vous/<str:token>/agenda.ics", appointment_follow.calendar, name="appointment_calendar"),
    path("agent/enfance/rendez-vous/", appointment_agent.late, name="late_appointments"),
    path("agent/enfance/rendez-vous/<int:pk>/", appointment_agent.request_page, name="agent_appointment"),
]
