"""Exchanges of the portal's bodies, and the box of partners: the same pages by two doors."""

from django.urls import URLPattern, path

from fraud.views import exchange_files, exchange_list, exchange_new, exchange_page
from fraud.views.exchange_common import AGENT, PARTNER, Area, in_area


def _pages(area: Area, under: str) -> list[URLPattern]:
    one = f"{under}<uuid:key>/"
    names = {
        f"{under}nouvelle/": (exchange_new.new, "exchange_new"),
        one: (exchange_page.exchange, "exchange"),
        f"{one}elements/<str:code>/": (exchange_page.item, "exchange_item"),
        f"{one}pieces/<int:document>/": (exchange_files.document, "exchange_document"),
        f"{one}preuve/": (exchange_files.proof, "exchange_proof"),
        f"{one}modifier/": (exchange_new.edit, "exchange_edit"),
        f"{one}exporter/": (exchange_files.export, "exchange_export"),
        f"{one}<str:code>/": (exchange_page.act, "exchange_act"),
    }
    return [path(route, in_area(area, view), name=f"{area.begins}{name}") for route, (view, name) in names.items()]


urlpatterns: list[URLPattern] = [
    path("agent/echanges/", in_area(AGENT, exchange_list.exchanges), name="exchanges"),
    *_pages(AGENT, "agent/echanges/"),
    path("partenaire/", in_area(PARTNER, exchange_list.exchanges), name="partner"),
    *_pages(PARTNER, "partenaire/"),
]
