"""Which address is which page."""

from __future__ import annotations

from django.urls import path

from examples.booking_django import views

urlpatterns = [
    path("book/<slug:slug>/", views.times, name="times"),
    path("book/<slug:slug>/details/", views.details, name="details"),
    path("held/<str:token>/", views.held, name="held"),
    path("booked/<str:token>/", views.booked, name="booked"),
    path("booked/<str:token>/move/", views.move, name="move"),
    path("booked/<str:token>/cancel/", views.cancel, name="cancel"),
    path("payments/", views.payments, name="payments"),
]
