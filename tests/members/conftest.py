"""Applications as the cast makes them."""

import io
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.core import clock
from kosna.core.models import Counter
from members import actions
from members.models import Application
from tests.conftest import Cast


def pdf_bytes() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def upload(name: str = "사업자등록증.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf_bytes() if content is None else content)


PERSON = {
    "name": "박서준",
    "phone": "010-0000-0003",
    "postcode": "48058",
    "address": "부산광역시 해운대구 센텀중앙로 79",
    "topics": ["management"],
    "declaration": "on",
    "intent": "submit",
}
COMPANY = {
    **PERSON,
    "organisation_name": "한빛데이터㈜",
    "business_number": "134-86-72683",
    "representative": "윤다온",
    "size": "large",
}


def make_application(applicant: Any, tier: Any, branch: Any, **fields: Any) -> Application:
    """A draft; ``submitted=True`` hands it in as the applicant would."""
    submitted = fields.pop("submitted", False)
    application = Application.objects.create(
        applicant=applicant,
        tier=tier,
        branch=branch,
        **{
            "name": applicant.name,
            "phone": "+821000000003",
            "postcode": "48058",
            "address": "부산광역시 해운대구 센텀중앙로 79",
            **fields,
        },
    )
    return actions.submit_application(application, by=applicant) if submitted else application


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Members of the factories bear low numbers; those given out here begin above them."""
    Counter.objects.create(kind="member", year=clock.today().year, value=90_000)
    return cast


@pytest.fixture
def application(cast: Cast) -> Application:
    """The applicant's, received, for a regular membership at Busan."""
    return make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
