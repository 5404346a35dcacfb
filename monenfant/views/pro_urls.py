"""Addresses of those who receive children: what families see of their places."""

from django.urls import path

from monenfant.views import pro, pro_link, pro_profile, pro_stop, pro_week

urlpatterns = [
    path("pro/", pro.home, name="pro_home"),
    path("pro/publie/", pro.published, name="pro_published"),
    path("pro/semaine/", pro_week.weeks, name="pro_weeks"),
    path("pro/semaine/<str:number>/", pro_week.week, name="pro_week"),
    path("pro/semaine/<str:number>/recu/<uuid:key>/", pro_week.receipt, name="pro_receipt"),
    path("pro/semaine/<str:number>/recu/<uuid:key>/annuler/", pro_week.undo, name="pro_undo"),
    path("pro/arret/<str:number>/", pro_stop.stop, name="pro_stop"),
    path("pro/fermeture/<str:number>/", pro_stop.close, name="pro_close"),
    path("pro/profil/", pro_profile.profiles, name="pro_profiles"),
    path("pro/profil/<str:number>/", pro_profile.profile, name="pro_profile"),
    path("pro/lien/<str:token>/", pro_link.link, name="pro_link"),
    path("pro/lien/<str:token>/semaine/", pro_link.week, name="pro_link_week"),
    path("pro/lien/<str:token>/recu/<uuid:key>/", pro_link.receipt, name="pro_link_receipt"),
    path("pro/lien/<str:token>/nouveau/", pro_link.another, name="pro_link_another"),
]
