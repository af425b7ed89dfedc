"""The inbox page of django-viewflow, to be asked over HTTP.

    inbox.py prepare TASKS MINE DATABASE..   fills the tables, prints the address and the cookie of one who is signed in
    inbox.py clean DATABASE..                drops them
    gunicorn inbox:application               serves the pages; VIEWFLOW_DATABASE has the words of DATABASE..

DATABASE.. is as in bench.py: an address of PostgreSQL, or a file and NORMAL or FULL. The session is in the cookie, so that
it costs no statement; templates are kept in memory and connections stay open, as Django advises for production.
"""

import json
import os
import re
import sys

import django
from databases import NAME, database
from django.conf import settings

PREPARES = __name__ == "__main__"
WORDS = sys.argv[4:] if sys.argv[1:2] == ["prepare"] else sys.argv[2:]
PLACE = WORDS if PREPARES else os.environ["VIEWFLOW_DATABASE"].split()

settings.configure(
    DATABASES={"default": {"CONN_MAX_AGE": None, **database(PLACE)}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "viewflow",
        "viewflow.workflow",
        "approval",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "viewflow.middleware.SiteMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    ROOT_URLCONF="approval.urls",
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SECRET_KEY="of a measurement on loopback",
    ALLOWED_HOSTS=["127.0.0.1", "testserver"],
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    DEBUG=False,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()


def schema(sql):
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql)


def prepare(tasks, mine):
    """So many processes that wait at `approve`, the first of them with one user; the other tasks are nobody's."""
    from approval.flows import ViewFlow
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import transaction
    from django.test import Client
    from viewflow.workflow.models import Task

    schema(f"drop schema if exists {NAME} cascade")
    schema(f"create schema {NAME}")
    call_command("migrate", verbosity=0)
    # Of a superuser no permission is looked up.
    user = get_user_model().objects.create_superuser("bench")
    with transaction.atomic():
        for _ in range(tasks):
            ViewFlow.start.run(_process_data={"text": "Hello, world!"})
    for task in Task.objects.filter(finished__isnull=True).order_by("pk")[:mine]:
        with task.activation() as activation:
            activation.assign(user)
    schema("analyze")
    client = Client()
    client.force_login(user)
    path = "/approval/inbox/"
    response = client.get(path)
    # A row has the link of its task.
    shown = len(set(re.findall(r"/approval/\d+/approve/\d+/", response.content.decode())))
    assert response.status_code == 200 and shown == mine, (response.status_code, shown)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"path": path, "cookie": cookie}


if PREPARES and sys.argv[1] == "prepare":
    print(json.dumps(prepare(int(sys.argv[2]), int(sys.argv[3]))))
elif PREPARES:
    schema(f"drop schema if exists {NAME} cascade")
    print("{}")
