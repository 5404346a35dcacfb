"""Addresses of the public search for a place."""

from django.urls import path

from monenfant.views import search, search_place
from monenfant.views.search_api import SearchView

urlpatterns = [
    path("garde/", search.search, name="search"),
    path("garde/carte/", search.search_map, name="search_map"),
    path("garde/communes/", search.communes, name="communes"),
    path("garde/lieu/<int:pk>/", search_place.place, name="place"),
    path("garde/cout/", search_place.place_cost, name="cost"),
    path("api/v1/childcare/search", SearchView.as_view(), name="search_api"),
]
