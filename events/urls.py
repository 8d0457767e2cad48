from django.urls import path

from events import views

app_name = "events"
urlpatterns = [
    path("", views.events, name="events"),
    path("calendar.ics", views.calendar_ics, name="calendar-ics"),
    path("<slug:slug>/", views.event, name="event"),
    path("<slug:slug>/event.ics", views.event_ics, name="event-ics"),
    path("<slug:slug>/register/", views.register, name="register"),
]
