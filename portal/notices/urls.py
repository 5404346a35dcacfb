"""The demonstration's mailbox."""

from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [path("demo/courriels/", views.demo_mails, name="demo_mails")]
