"""The list of deliveries over HTTP: for administrators, without addresses."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
from fastapi.testclient import TestClient

from gis.store import Store
from tests.little_town import IN_HEADED, Told

MADE = datetime(2026, 3, 2, tzinfo=UTC)


def test_administrators_see_what_could_not_be_delivered(
    client: TestClient, town: Store, log_in: Callable[[str], None], key: Callable[[], dict[str, str]]
) -> None:
    sent = client.post("/api/reports", json=Told(*IN_HEADED).body(contact="a@example.org"), headers=key())
    assert sent.status_code == 201
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute(
            "INSERT INTO deliveries (outbox_id, kind, recipient, template, lang, case_id, data, made_at, state, tries, last_error)"
            " SELECT 1, 'mail', 'report:' || r.id, 'received', 'zh', r.case_id, '{}', %s, 'dead', 1, 'address_refused'"
            " FROM reports r WHERE r.number = %s",
            (MADE, sent.json()["number"]),
        )
    assert client.get("/api/deliveries").json()["code"] == "log_in_required"
    log_in("head")
    assert client.get("/api/deliveries").json()["code"] == "deliveries_for_administrators"
    log_in("admin")
    answer = client.get("/api/deliveries", params={"state": "dead"})
    assert answer.status_code == 200
    (one,) = answer.json()
    assert (one["template"], one["last_error"], one["tries"]) == ("received", "address_refused", 1)
    assert "a@example.org" not in answer.text
    assert client.get("/api/deliveries", params={"state": "sent"}).json() == []
    assert client.get("/api/deliveries", params={"state": "lost"}).status_code == 422
