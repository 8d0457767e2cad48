from django.urls import path

from members.programmes.views import assigned, consulting

app_name = "consulting"
urlpatterns = [
    path("", consulting.requests, name="requests"),
    path("new/", consulting.new, name="new"),
    path("assigned/", assigned.assigned, name="assigned"),
    path("assigned/<str:number>/", assigned.assignment, name="assignment"),
    path("assigned/<str:number>/schedule/", assigned.schedule, name="schedule"),
    path("assigned/<str:number>/report/", assigned.report, name="report"),
    path("<str:number>/", consulting.request_page, name="request"),
    path("<str:number>/withdraw/", consulting.withdraw, name="withdraw"),
    path("<str:number>/answer/", consulting.answer, name="answer"),
]
