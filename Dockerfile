# Production image: web and worker. tests/test_image.py replays its steps.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --no-install-recommends --yes gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
WORKDIR /app
COPY . .
# Static files and catalogues are built once, here, beside the code that names them; KOSNA_ENV only
# lets settings.py start.
ENV STATIC_ROOT=/app/staticfiles
RUN scripts/compile-messages.sh \
    && KOSNA_ENV=demo /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf var

FROM python:3.11-slim-bookworm
# Pango and HarfBuzz draw the PDFs.
RUN apt-get update \
    && apt-get install --no-install-recommends --yes \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home kosna \
    && install --directory --owner kosna --group kosna --mode 700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KOSNA_VAR=/data \
    STATIC_ROOT=/app/staticfiles
USER kosna
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# A request that takes a minute is stuck; workers are renewed so that no leak grows old. The control
# socket would want a home that can be written to.
CMD ["gunicorn", "kosna.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--timeout", "60", \
    "--max-requests", "5000", "--max-requests-jitter", "500", "--worker-tmp-dir", "/dev/shm", \
    "--no-control-socket"]
