"""Addresses of ARIPA for the software of others."""

from django.urls import path

from aripa.views.api_orders import OrdersView, OrderView
from aripa.views.api_titles import ReceiptView, TitlesView

urlpatterns = [
    path("api/v1/aripa/orders", OrdersView.as_view(), name="api_orders"),
    path("api/v1/aripa/orders/<str:ref>", OrderView.as_view(), name="api_order"),
    path("api/v1/aripa/titles", TitlesView.as_view(), name="api_titles"),
    path("api/v1/aripa/titles/receipts/<str:number>", ReceiptView.as_view(), name="api_receipt"),
]
