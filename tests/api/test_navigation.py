"""Which pages of his own the frame leads somebody to."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import chains

_OWN = ("/desk", "/day", "/inbox", "/moderation", "/dispatch", "/boundaries", "/postings", "/rota")


@pytest.mark.parametrize(
    ("login", "own"),
    [
        ("head", {"/day"}),
        ("handler", {"/inbox"}),
        ("clerk", {"/moderation", "/rota"}),
        ("planner", set()),
        ("desk", {"/desk", "/dispatch", "/rota"}),
        ("supervisor", {"/desk", "/dispatch", "/rota"}),
        ("admin", {"/dispatch", "/boundaries", "/postings", "/rota"}),
    ],
)
def test_everybody_is_led_to_what_opens_for_him(
    client: TestClient, log_in: Callable[[str], None], login: str, own: set[str]
) -> None:
    log_in(login)
    page = client.get("/workflow").text
    head, _, foot = page.partition('<footer class="foot">')
    assert {address for address in _OWN if f'href="{address}"' in head} == own
    assert {address for address in _OWN if f'href="{address}"' in foot} >= own & {"/dispatch"}
    for address in own:
        assert client.get(address).status_code == 200


def test_an_administrator_below_is_not_led_to_boundaries(
    client: TestClient, log_in: Callable[[str], None], town: Store
) -> None:
    with chains.tampering(town) as superuser:
        superuser.execute("UPDATE postings SET area_code = '9001' WHERE role = 'administrator'")
    try:
        test_everybody_is_led_to_what_opens_for_him(client, log_in, "admin", {"/dispatch", "/postings", "/rota"})
        assert client.get("/boundaries").status_code == 403
    finally:
        with chains.tampering(town) as superuser:
            superuser.execute("UPDATE postings SET area_code = '90' WHERE role = 'administrator'")


def test_the_public_finds_how_a_case_goes_and_nothing_of_the_staff(client: TestClient) -> None:
    page = client.get("/report").text
    assert 'href="/workflow"' in page
    assert not [address for address in _OWN if f'href="{address}"' in page]
    shown = client.get("/workflow").text
    # A wide picture scrolls by itself.
    assert '<figure class="table-frame" tabindex="0"' in shown
