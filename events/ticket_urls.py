from django.urls import path

from events.views import after, attendees, changing, guests, requests, sign_ups, tickets, waiting

app_name = "tickets"
urlpatterns = [
    path("orders/<str:code>/places/", attendees.order_places, name="order-places"),
    path("orders/<str:code>/ticket/", attendees.order_ticket, name="order-ticket"),
    path("orders/<str:code>/claim/", guests.claim, name="order-claim"),
    path("orders/<str:code>/cancel/", tickets.order_cancel, name="order-cancel"),
    path("requests/<str:token>/", requests.request_link, name="request-link"),
    path("waiting/<str:token>/", waiting.waiting_link, name="waiting-link"),
    path("<str:secret>.pdf", tickets.ticket_pdf, name="ticket-pdf"),
    path("<str:secret>/", tickets.ticket, name="ticket"),
    path("<str:secret>/cancel/", tickets.ticket_cancel, name="ticket-cancel"),
    path("<str:secret>/change/", changing.ticket_change, name="ticket-change"),
    path("<str:secret>/details/", attendees.ticket_details, name="ticket-details"),
    path("<str:secret>/hand-over/", attendees.ticket_hand_over, name="ticket-hand-over"),
    path("<str:secret>/certificate.pdf", tickets.certificate_pdf, name="ticket-certificate"),
    path("<str:secret>/materials/<int:pk>/", after.ticket_material, name="ticket-material"),
    path("<str:secret>/sessions/", sign_ups.ticket_sessions, name="ticket-sessions"),
    path("<str:secret>/sessions.ics", sign_ups.ticket_sessions_ics, name="ticket-sessions-ics"),
    path("<str:secret>/survey/", after.survey, name="ticket-survey"),
]
