from django.urls import path

from events import after_views, views, waiting_views

app_name = "events"
urlpatterns = [
    path("", views.events, name="events"),
    path("calendar.ics", views.calendar_ics, name="calendar-ics"),
    path("<slug:slug>/", views.event, name="event"),
    path("<slug:slug>/event.ics", views.event_ics, name="event-ics"),
    path("<slug:slug>/register/", views.register, name="register"),
    path("<slug:slug>/waiting/", waiting_views.waiting, name="waiting"),
    path("<slug:slug>/waiting/leave/", waiting_views.leave, name="waiting-leave"),
    path("<slug:slug>/materials/", after_views.event_materials, name="materials"),
    path("<slug:slug>/materials/<int:pk>/", after_views.material, name="material"),
]
