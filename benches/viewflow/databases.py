"""Where the rows go."""

from urllib.parse import urlsplit

NAME = "viewflow_bench"


def database(arguments):
    """Django's settings for the database that the command line names."""
    if not arguments:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    if arguments[0].startswith("postgres"):
        parts = urlsplit(arguments[0])
        found = {"USER": parts.username or "", "PASSWORD": parts.password or "", "HOST": parts.hostname or ""}
        found |= {"PORT": parts.port or "", "NAME": parts.path.strip("/")}
        options = {"options": f"-c search_path={NAME} -c synchronous_commit=on"}
        return {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options, **found}
    start = f"PRAGMA journal_mode=WAL; PRAGMA synchronous={arguments[1]}; PRAGMA foreign_keys=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": start}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": arguments[0], "OPTIONS": options}
