"""PostgreSQL: the one the environment names, else an embedded one from a wheel."""

import getpass
import os
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2

from .connection import ROLE, Connection, ensure_role
from .console import DevError
from .embedded import ensure_embedded


def ensure_postgres() -> Connection:
    """Return a connection to a server that runs and lets Odoo make databases."""
    named = named_by(os.environ)
    return _checked(named) if named else ensure_embedded()


def named_by(environ: Mapping[str, str]) -> Connection | None:
    """Return the server that DATABASE_URL or the PG* variables name, if any."""
    url = environ.get("DATABASE_URL")
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql"):
            raise DevError("DATABASE_URL must start with postgresql:// .")
        query = parse_qs(parts.query)
        return Connection(
            unquote(parts.hostname or "") or query.get("host", [""])[0],
            str(parts.port or ""),
            unquote(parts.username or "") or getpass.getuser(),
            unquote(parts.password or ""),
        )
    if not any(environ.get(key) for key in ("PGHOST", "PGPORT", "PGUSER")):
        return None
    return Connection(
        environ.get("PGHOST", ""),
        environ.get("PGPORT", ""),
        environ.get("PGUSER") or getpass.getuser(),
        environ.get("PGPASSWORD", ""),
    )


def _checked(connection: Connection) -> Connection:
    """Check a named server; Odoo refuses the user ``postgres``, so replace it."""
    try:
        with connection.connect() as session, session.cursor() as cursor:
            if connection.user == "postgres":
                ensure_role(cursor, connection.password)
            else:
                cursor.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles "
                    "WHERE rolname = current_user"
                )
                if not cursor.fetchone()[0]:
                    raise DevError(
                        f"The PostgreSQL role {connection.user} may not create "
                        f"databases. Run: ALTER ROLE {connection.user} CREATEDB;"
                    )
        if connection.user == "postgres":
            connection = Connection(
                connection.host, connection.port, ROLE, connection.password
            )
            connection.connect().close()
    except psycopg2.OperationalError as error:
        raise DevError(
            "PostgreSQL named by DATABASE_URL or PGHOST does not let "
            f"{connection.user} in: {str(error).strip()}. Correct these variables, or "
            "unset them to use the embedded server."
        ) from error
    return connection
