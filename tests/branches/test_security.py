"""A desk of one branch runs that branch, and founds no other."""

from django.urls import reverse

from kosna.branches.models import Appointment, Branch
from tests import factories


def test_only_the_head_office_opens_a_branch(cast, login):
    factories.appoint(cast.officer, Appointment.Role.SECRETARIAT, cast.busan)
    url = reverse("branches_staff:new")
    data = {"code": "jeju", "name_ko": "제주지부", "status": "preparing"}
    assert login("officer").get(url).status_code == 403
    assert login("officer").post(url, data).status_code == 403
    assert not Branch.objects.filter(code="jeju").exists()
    assert login("head_office").get(url).status_code == 200
