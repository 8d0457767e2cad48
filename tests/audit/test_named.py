"""What the record calls a thing."""

from django.utils import translation

from kosna.audit import actions as audit
from tests import factories


def test_the_record_names_a_thing_in_korean_whoever_looks(cast):
    event = factories.make_event(title_ko="부산 강좌", title_en="Course in Busan")
    with translation.override("en"):
        assert str(event) == "Course in Busan"
        entry = audit.record("events.change_event", event, by=cast.officer)
        assert translation.get_language() == "en"
    assert entry.target == "부산 강좌"
