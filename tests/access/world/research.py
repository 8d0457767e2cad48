"""A published series with a value, and a file that was checked."""

from typing import Any

from django.core import signing

from research.actions import STOP_LINK
from research.models import SavedSearch, SeriesImport
from tests import factories
from tests.conftest import Cast


def research(cast: Cast) -> dict[str, Any]:
    series = factories.make_series("of-matrix")
    factories.make_values(series, {"2025": "12.3"})
    imported = SeriesImport.objects.create(
        series=series,
        by=cast.editor,
        status="checked",
        file_name="x.csv",
        sha256="0",
        reason_ko="x",
    )
    search = SavedSearch.objects.create(user=cast.regular, name="x", query="q=x")
    token = signing.dumps(cast.regular.pk, salt=STOP_LINK)
    return {
        "saved_search": search.pk,
        "stop_token": token,
        "statistic": series.code,
        "statistic_pk": series.pk,
        "statistic_import": imported.uuid,
    }
