"""Addresses of those who receive children: what families see of their places."""

from django.urls import path

from monenfant.views import pro

urlpatterns = [
    path("pro/", pro.home, name="pro_home"),
]
