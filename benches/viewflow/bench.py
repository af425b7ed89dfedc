"""Runs work on django-viewflow from code and prints what it took, as one line of JSON.

    bench.py version
    bench.py handle|view|branches UNITS BRANCHES postgres://user@host/database
    bench.py handle|view|branches UNITS BRANCHES FILE NORMAL|FULL

`handle` and `view` are W1, a task done from code or assigned and executed; `branches` is W2, UNITS processes with
so many function branches each. The flows lock their process; on SQLite that lock is the transaction itself.
"""

import json
import sys
import time

import django
from databases import NAME, database
from django.conf import settings

WORK = sys.argv[1]

settings.configure(
    DATABASES={"default": database(sys.argv[4:])},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow", "approval"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from approval.flows import HandleFlow, ViewFlow, wide  # noqa: E402
from viewflow.workflow.models import Process, Task  # noqa: E402
from viewflow.workflow.status import PROCESS  # noqa: E402


def waiting(process):
    """The task of a process that waits."""
    return Task.objects.get(process=process, finished__isnull=True)


def handle(_user):
    process = HandleFlow.start.run(_process_data={"text": "Hello, world!"})
    HandleFlow.approve.run(waiting(process), approved=True)
    return process


def view(user):
    process = ViewFlow.start.run(_process_data={"text": "Hello, world!"})
    task = waiting(process)
    with task.activation() as activation:
        activation.assign(user)
    with task.activation() as activation:
        activation.process.data["approved"] = True
        activation.process.save()
        activation.start(None)
        activation.execute()
    return process


class Counter:
    """Statements that Django sends; BEGIN and COMMIT are the driver's and not among them on PostgreSQL."""

    statements = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        return execute(sql, params, many, context)


def one(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def server_cpu():
    """Seconds on a processor of this connection's backend, if it can be seen."""
    if connection.vendor != "postgresql":
        return None
    try:
        with open(f"/proc/{one('select pg_backend_pid()')}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e9
    except OSError:
        return None


def rows():
    """Rows of the flows' tables."""
    links = Task.previous.through.objects.count()
    return Process.objects.count() + Task.objects.count() + links


def main():
    units, branches = int(sys.argv[2]), int(sys.argv[3])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"drop schema if exists {NAME} cascade")
            cursor.execute(f"create schema {NAME}")
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create(username="bench")
    flow_class = wide(branches) if WORK == "branches" else None
    works = {"handle": handle, "view": view, "branches": lambda _user: flow_class.start.run()}
    # What is compiled or looked up once is, by then.
    process = works["handle"](user) if WORK == "branches" else works[WORK](user)
    before = rows()
    counter = Counter()
    server, busy, begun = server_cpu(), time.process_time(), time.perf_counter()
    with connection.execute_wrapper(counter):
        for _ in range(units):
            process = works[WORK](user)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - busy
    process.refresh_from_db()
    assert process.status == PROCESS.DONE, process.status
    server = None if server is None else server_cpu() - server
    made = rows() - before
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"drop schema {NAME} cascade")
    transitions = {"handle": 2, "view": 3, "branches": 1}[WORK] * units
    return {
        "units": units,
        "seconds": seconds,
        "cpu": cpu,
        "server_cpu": server,
        "statements": counter.statements,
        "commits": transitions,
        "rows": made,
    }


def version():
    from importlib.metadata import version as of

    python = sys.version.split()[0]
    return {"version": f"Viewflow {of('django-viewflow')}, Django {django.get_version()}, Python {python}, its lock on"}


print(json.dumps(version() if WORK == "version" else main()))
