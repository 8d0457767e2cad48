from django.urls import path

from events import ticket_views

app_name = "tickets"
urlpatterns = [
    path("orders/<str:code>/cancel/", ticket_views.order_cancel, name="order-cancel"),
    path("<str:secret>.pdf", ticket_views.ticket_pdf, name="ticket-pdf"),
    path("<str:secret>/", ticket_views.ticket, name="ticket"),
    path("<str:secret>/cancel/", ticket_views.ticket_cancel, name="ticket-cancel"),
    path("<str:secret>/certificate.pdf", ticket_views.certificate_pdf, name="ticket-certificate"),
]
