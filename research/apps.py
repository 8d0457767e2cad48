from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"

    def ready(self) -> None:
        from kosna.core import batches
        from research.actions import series_imports

        for kind, run in (
            (series_imports.CHECK, series_imports.check_series_file),
            (series_imports.APPLY, series_imports.write_series_file),
        ):
            batches.register(kind, run=run, url=series_imports.series_import_of)
