from django.urls import path

from events import after_views, attendee_views, guest_views, sign_up_views, ticket_views

app_name = "tickets"
urlpatterns = [
    path("orders/<str:code>/places/", attendee_views.order_places, name="order-places"),
    path("orders/<str:code>/claim/", guest_views.claim, name="order-claim"),
    path("orders/<str:code>/cancel/", ticket_views.order_cancel, name="order-cancel"),
    path("<str:secret>.pdf", ticket_views.ticket_pdf, name="ticket-pdf"),
    path("<str:secret>/", ticket_views.ticket, name="ticket"),
    path("<str:secret>/cancel/", ticket_views.ticket_cancel, name="ticket-cancel"),
    path("<str:secret>/details/", attendee_views.ticket_details, name="ticket-details"),
    path("<str:secret>/hand-over/", attendee_views.ticket_hand_over, name="ticket-hand-over"),
    path("<str:secret>/certificate.pdf", ticket_views.certificate_pdf, name="ticket-certificate"),
    path("<str:secret>/materials/<int:pk>/", after_views.ticket_material, name="ticket-material"),
    path("<str:secret>/sessions/", sign_up_views.ticket_sessions, name="ticket-sessions"),
    path(
        "<str:secret>/sessions.ics", sign_up_views.ticket_sessions_ics, name="ticket-sessions-ics"
    ),
    path("<str:secret>/survey/", after_views.survey, name="ticket-survey"),
]
