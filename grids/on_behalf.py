"""Reading with the rights of a member of staff, for commands on the server: a session that is never committed.

Whoever runs commands has the database's passwords anyway; this is for reading no more than somebody's rights allow.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.access import Actor, actor
from grids.receipts import digest


async def on_behalf_of(connection: AsyncConnection, login: str, at: datetime) -> Actor | None:
    """Tell the database for the rest of the transaction that a member of staff asks, and answer who that is.

    None: nobody has this login, or who has it holds no posting at that instant.

    Parameters
    ----------
    connection : AsyncConnection
        As the owner, inside a transaction that the caller rolls back: then no session has ever been open.
    login : str
        Of the member of staff.
    at : datetime
        Aware; postings of this instant count.
    """
    people = await connection.execute(text("SELECT id FROM people WHERE login = lower(:login)"), {"login": login})
    person = people.scalar_one_or_none()
    if person is None:
        return None
    token = digest(secrets.token_urlsafe(32))
    opened = {"login": login, "person": person, "digest": token, "at": at, "until": at + timedelta(minutes=5)}
    await connection.execute(text("SELECT session_open(:login, :person, :digest, NULL, :at, :until)"), opened)
    who = await actor(connection, token, at)
    return who if who and who.postings else None
