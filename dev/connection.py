"""How a PostgreSQL server is reached, and the role that Odoo uses there."""

from dataclasses import dataclass

import psycopg2

ROLE = "odoo"


@dataclass(frozen=True)
class Connection:
    """How Odoo, the client programs and our own queries reach the server."""

    host: str
    port: str
    user: str
    password: str = ""

    def connect(self, database: str = "postgres"):
        """Return an autocommit psycopg2 connection."""
        connection = psycopg2.connect(
            host=self.host or None,
            port=self.port or None,
            user=self.user,
            password=self.password or None,
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def environment(self) -> dict[str, str]:
        """Return the standard variables, with the client programs on the path."""
        values = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        return {key: value for key, value in values.items() if value}


def ensure_role(cursor, password: str = "") -> None:
    """Create Odoo's role; it refuses to work as ``postgres``."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
    if not cursor.fetchone():
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        if password:
            cursor.execute(f"ALTER ROLE {ROLE} PASSWORD %s", [password])
