"""Keys of programs in the database: made, listed, ended; the web role knows one by its digest alone."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from grids.keys import KeyRefusedError, add_key, list_keys, revoke_key
from grids.receipts import digest

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_key_is_kept_as_its_digest_and_its_name_comes_free(migrate: psycopg.Connection) -> None:
    key = add_key(migrate, "hotline", 600, ["hotline"], NOW)
    kept = migrate.execute("SELECT to_jsonb(k)::text, key_digest FROM api_keys k").fetchone()
    assert kept is not None
    assert key not in kept[0]
    assert kept[1] == digest(key)
    with pytest.raises(KeyRefusedError, match="valid already"), migrate.transaction():
        add_key(migrate, "hotline", 600, ["hotline"], NOW + timedelta(days=1))
    revoke_key(migrate, "hotline", NOW + timedelta(days=2))
    add_key(migrate, "hotline", 60, ["app", "hotline"], NOW + timedelta(days=2))
    assert [(k.name, k.per_minute, k.until) for k in list_keys(migrate)] == [
        ("hotline", 600, NOW + timedelta(days=2)),
        ("hotline", 60, None),
    ]
    with pytest.raises(KeyRefusedError, match="No valid key"):
        revoke_key(migrate, "no-such", NOW)


@pytest.mark.parametrize(
    ("name", "per_minute", "channels", "until"),
    [
        ("Hot Line", 1, ["app"], None),
        ("", 1, ["app"], None),
        ("x", 0, ["app"], None),
        ("x", 1, [], None),
        ("x", 1, ["patrol"], None),
        ("x", 1, ["app"], NOW - timedelta(days=1)),
        ("x", 1, ["app"], NOW),
    ],
)
def test_keys_that_cannot_be(
    migrate: psycopg.Connection, name: str, per_minute: int, channels: list[str], until: datetime | None
) -> None:
    with pytest.raises(KeyRefusedError), migrate.transaction():
        add_key(migrate, name, per_minute, channels, NOW, until)


def test_the_web_role_cannot_list_keys(web: psycopg.Connection) -> None:
    assert web.execute("SELECT * FROM key_of(sha256('made up'), now())").fetchall() == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SELECT * FROM api_keys")
