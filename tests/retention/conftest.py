import pytest
from django.test import Client

from kosna.accounts.models import User
from kosna.branches.models import Appointment
from tests import factories
from tests.conftest import BACKEND, Cast


@pytest.fixture
def officer_of_privacy(cast: Cast) -> tuple[User, Client]:
    person = factories.make_user("개인정보 보호책임자", email="privacy@example.test")
    factories.appoint(person, Appointment.Role.PRIVACY_OFFICER, cast.hq)
    client = Client()
    client.force_login(person, backend=BACKEND)
    return person, client
