"""What somebody is told whose page is older than what another has done meanwhile."""

import uuid

import pytest

from kosna.core.errors import Refused
from kosna.core.models import Batch
from members.models import Application
from tests import factories

pytestmark = pytest.mark.django_db
Status = Batch.Status


def told(status: str, new: str, *, stored: str = "") -> str:
    """Why a row that was read with ``status`` does not become ``new``."""
    batch = Batch(status=stored or status, title="x", kind="x", by=factories.make_user())
    batch.uuid = uuid.uuid4()
    batch.save()
    batch.status = status
    with pytest.raises(Refused) as refusal:
        batch.move_to(new)
    assert (batch.status, Batch.objects.get().status) == (status, stored or status)
    return str(refusal.value)


def test_what_is_done_already_was_done_by_somebody_faster():
    assert told(Status.DONE, Status.DONE) == (
        "다른 사람이 먼저 처리했습니다. 이미 “완료” 상태입니다."
    )


def test_what_another_ended_otherwise_says_how_it_stands_now():
    assert told(Status.CANCELLED, Status.DONE) == (
        "다른 사람이 먼저 처리했습니다. 지금은 “중단됨” 상태여서 “완료”(으)로 바꿀 수 없습니다."
    )


def test_what_another_moves_between_look_and_write_says_how_it_stands_now():
    assert told(Status.RUNNING, Status.DONE, stored=Status.FAILED) == (
        "다른 사람이 먼저 처리했습니다. 지금은 “실패” 상태입니다. 페이지를 새로 고쳐 주십시오."
    )


def test_what_no_page_ever_offered_blames_nobody():
    draft = Application(status=Application.Status.DRAFT)
    with pytest.raises(Refused, match="바꿀 수 없습니다") as refusal:
        draft.move_to(Application.Status.APPROVED)
    assert "다른 사람" not in str(refusal.value)
