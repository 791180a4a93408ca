"""The stream of the area page: who may listen, what is told, and that nothing is missed."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from uuid import uuid4

import httpx2
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from api.news import Pace
from api.server import Server
from api.settings import ServiceSettings
from gis.store import Store
from tests import little_town
from tests.little_town import HEADED, IN_DEPUTISED, IN_HEADED, VILLAGE, Told

QUICK = Pace(look_s=0.05, heartbeat_s=0.3, rights_s=0.6, most=3)


class Running:
    """A service in a thread of its own, over the little town."""

    def __init__(self, app: FastAPI, address: str, store: Store) -> None:
        self.app = app
        self.address = address
        self._store = store
        self._clients: list[httpx2.Client] = []

    def close(self) -> None:
        """Close all clients."""
        for client in self._clients:
            client.close()

    @property
    def reads(self) -> bool:
        """Whether the outbox is being read."""
        reader = self.app.state.service.news._reader
        return reader is not None and not reader.done()

    def log_in(self, login: str | None) -> httpx2.Client:
        """Answer a client with a session; without a login one of the public."""
        client = httpx2.Client(base_url=self.address, timeout=10)
        self._clients.append(client)
        if login:
            answer = client.post("/login", data={"login": login, "password": little_town.PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    def report(self, at: tuple[float, float] = IN_HEADED, **other: object) -> int:
        """Take a report in and answer its case."""
        answer = httpx2.post(
            f"{self.address}/api/reports",
            json=Told(*at).body(**other),
            headers={"Idempotency-Key": uuid4().hex},
            timeout=10,
        )
        assert answer.status_code == 201, answer.text
        with self.owner() as owner:
            row = owner.execute("SELECT case_id FROM reports WHERE number = %s", (answer.json()["number"],)).fetchone()
            assert row
            return int(row[0])

    def owner(self) -> psycopg.Connection:
        """A connection of the owner, who may write what functions else write."""
        connection = psycopg.connect(self._store.dsn("migrate"))
        connection.execute("SET ROLE gridwarden_owner")
        connection.commit()
        return connection


class Stream:
    """An open stream; collects what it says."""

    def __init__(self, client: httpx2.Client, code: str = HEADED, *, of: str | None = None) -> None:
        self.lines: list[str] = []
        self.ended = threading.Event()
        self._client = client
        self._path = of or f"/areas/{code}"
        self.headers: httpx2.Headers | None = None
        self._thread = threading.Thread(target=self._read)
        self._leave = threading.Event()
        self._thread.start()
        self.until(lambda: "event: ready" in self.lines, "it is ready")

    def _read(self) -> None:
        try:
            with self._client.stream("GET", f"{self._path}/live") as answer:
                self.headers = answer.headers
                for line in answer.iter_lines():
                    self.lines.append(line)
                    if self._leave.is_set():
                        return
        except httpx2.TransportError as error:
            self.lines.append(f"broken: {error}")
        finally:
            self.ended.set()

    @property
    def cases(self) -> list[int]:
        """The cases that it told of."""
        told = [line for before, line in zip(self.lines, self.lines[1:], strict=False) if before == "event: cases"]
        return [case for line in told for case in json.loads(line.removeprefix("data: "))["cases"]]

    @property
    def changes(self) -> int:
        """How often it told that something changed."""
        return self.lines.count("event: changed")

    def until(self, truth: Callable[[], bool], what: str, seconds: float = 5) -> None:
        """Wait for something."""
        wait_for(truth, f"{what}; so far {self.lines}", seconds)

    def leave(self) -> None:
        """End it from this side."""
        self._leave.set()
        self._thread.join(5)
        assert not self._thread.is_alive()


def wait_for(truth: Callable[[], bool], what: str, seconds: float = 5) -> None:
    end = monotonic() + seconds
    while not truth():
        assert monotonic() < end, what
        sleep(0.02)


@contextmanager
def running(store: Store, pace: Pace = QUICK) -> Iterator[Running]:
    app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), pace=pace)
    server = Server(app, uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started, "the service listens")
    port = server.servers[0].sockets[0].getsockname()[1]
    service = Running(app, f"http://127.0.0.1:{port}", store)
    try:
        yield service
    finally:
        begun = monotonic()
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
        # Nobody waits for a stream that has no end.
        assert monotonic() - begun < 3
        service.close()


@pytest.fixture
def service(town: Store) -> Iterator[Running]:
    with running(town) as service:
        yield service


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [
        (None, 401, "log_in_required"),
        ("deputy", 403, "cases_for_staff"),
        ("head", 200, None),
        ("desk", 200, None),
        ("admin", 200, None),
    ],
)
def test_who_may_read_and_listen(service: Running, login: str | None, status: int, code: str | None) -> None:
    case = service.report()
    client = service.log_in(login)
    for path in (f"/areas/{HEADED}/cases", f"/areas/{HEADED}/cases/{case}"):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == status, path
        assert code is None or answer.json()["code"] == code
    with client.stream("GET", f"/areas/{HEADED}/live") as live:
        assert live.status_code == status
        if code is not None:
            assert json.loads(live.read())["code"] == code


def test_an_area_that_is_not(service: Running) -> None:
    client = service.log_in("head")
    assert client.get("/areas/nowhere/live").json()["code"] == "area_not_found"
    assert client.get(f"/areas/{HEADED}/cases/999999").json()["code"] == "case_not_found"
    assert client.get(f"/areas/{HEADED}/cases/{2**63}").json()["code"] == "invalid_request"
    elsewhere = service.report(IN_DEPUTISED)
    assert client.get(f"/areas/{HEADED}/cases/{elsewhere}").json()["code"] == "case_not_found"


def test_a_new_report_is_told_at_once_by_its_number_alone(service: Running) -> None:
    stream = Stream(service.log_in("head"))
    above = Stream(service.log_in("desk"), VILLAGE)
    elsewhere = service.report(IN_DEPUTISED, text="别处的话")
    case = service.report(text="这里的话")
    stream.until(lambda: case in stream.cases, "the case is told")
    above.until(lambda: {case, elsewhere} <= set(above.cases), "and above")
    assert elsewhere not in stream.cases
    said = "\n".join(stream.lines + above.lines)
    assert "话" not in said
    assert "dumping" not in said
    for each in (stream, above):
        each.leave()


def test_the_stream_passes_as_a_stream(service: Running) -> None:
    stream = Stream(service.log_in("head"))
    headers = stream.headers
    assert headers is not None
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-store"
    assert "content-encoding" not in headers
    assert "default-src 'none'" in headers["content-security-policy"]
    stream.until(lambda: stream.lines.count(": ") >= 2, "it beats")
    stream.leave()


def test_a_slower_transaction_with_a_lower_id_is_not_missed(service: Running) -> None:
    case = service.report()
    stream = Stream(service.log_in("head"))
    tell = "INSERT INTO outbox (topic, payload, at) VALUES ('report.received', jsonb_build_object('case_id', %s::bigint), now()) RETURNING id"
    with service.owner() as slow, service.owner() as other:
        low = slow.execute(tell, (case,)).fetchone()
        # One that never commits leaves a gap for good.
        other.execute(tell, (case,))
        other.rollback()
        later = service.report()
        stream.until(lambda: later in stream.cases, "the later one is told")
        assert case not in stream.cases
        # Longer than many looks, and with more on top of it.
        sleep(0.5)
        last = service.report()
        stream.until(lambda: last in stream.cases, "the last one is told")
        slow.commit()
        high = slow.execute("SELECT max(id) FROM outbox").fetchone()
        assert low
        assert high
        assert low[0] < high[0]
    stream.until(lambda: case in stream.cases, "the slow one is told")
    assert stream.cases.count(later) == 1
    # Nothing is asked for any more but what is new.
    news = service.app.state.service.news
    wait_for(lambda: news._horizon.gaps == [], f"no gap is left: {news._horizon}")
    stream.leave()


def test_one_that_was_under_way_when_listening_began_is_not_missed(service: Running) -> None:
    case = service.report()
    with service.owner() as slow:
        slow.execute(
            "INSERT INTO outbox (topic, payload, at) VALUES ('report.received', jsonb_build_object('case_id', %s::bigint), now())",
            (case,),
        )
        service.report()
        stream = Stream(service.log_in("head"))
        sleep(0.3)
        assert stream.cases == []
        slow.commit()
    stream.until(lambda: stream.cases == [case], "it is told")
    stream.leave()


def test_many_at_once_are_told_together(service: Running) -> None:
    stream = Stream(service.log_in("head"))
    case = service.report()
    stream.until(lambda: case in stream.cases, "the first is told")
    before = stream.lines.count("event: cases")
    with service.owner() as owner:
        owner.execute(
            "INSERT INTO outbox (topic, payload, at) SELECT 'report.received', jsonb_build_object('case_id', %s::bigint), now() FROM generate_series(1, 500)",
            (case,),
        )
    stream.until(lambda: stream.lines.count("event: cases") > before, "they are told")
    sleep(0.3)
    assert stream.lines.count("event: cases") == before + 1
    stream.leave()


def test_nothing_is_read_while_nobody_listens(service: Running) -> None:
    assert not service.reads
    first, second = Stream(service.log_in("head")), Stream(service.log_in("desk"))
    assert service.reads
    first.leave()
    sleep(0.3)
    assert service.reads
    second.leave()
    wait_for(lambda: not service.reads, "the reader ends")
    # And no stream and no reader has kept a connection.
    wait_for(lambda: service.app.state.service.engine.pool.checkedout() == 0, "all connections are back")
    again = Stream(service.log_in("head"))
    case = service.report()
    again.until(lambda: again.cases == [case], "it is told again")
    again.leave()


def test_streams_hold_no_connection(service: Running) -> None:
    streams = [Stream(service.log_in("head")) for _ in range(3)]
    seen = []
    for _ in range(40):
        seen.append(service.app.state.service.engine.pool.checkedout())
        sleep(0.01)
    assert min(seen) == 0
    for each in streams:
        each.leave()


def test_more_than_the_most_are_refused_for_a_while(service: Running) -> None:
    streams = [Stream(service.log_in("head")) for _ in range(QUICK.most)]
    client = service.log_in("head")
    answer = client.get(f"/areas/{HEADED}/live")
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_listeners")
    assert int(answer.headers["retry-after"]) > 0
    streams.pop().leave()
    wait_for(lambda: len(service.app.state.service.news._listening) < QUICK.most, "there is room")
    streams.append(Stream(client))
    for each in streams:
        each.leave()


def test_the_stream_ends_with_the_session(service: Running) -> None:
    client = service.log_in("head")
    stream = Stream(client)
    httpx2.post(f"{service.address}/logout", cookies=dict(client.cookies), timeout=10)
    assert stream.ended.wait(3)
    assert not any(line.startswith("broken") for line in stream.lines)
    assert client.get(f"/areas/{HEADED}/live").json()["code"] == "log_in_required"


def test_the_stream_ends_with_the_posting(service: Running) -> None:
    stream = Stream(service.log_in("deputy"), little_town.DEPUTISED)
    with service.owner() as owner:
        owner.execute(
            "UPDATE postings SET during = tstzrange(lower(during), now() - interval '1 minute') WHERE role = 'deputy'"
        )
    try:
        assert stream.ended.wait(3)
    finally:
        with service.owner() as owner:
            owner.execute("UPDATE postings SET during = tstzrange(lower(during), NULL) WHERE role = 'deputy'")


def test_streams_outlive_lost_connections(service: Running, town: Store) -> None:
    stream = Stream(service.log_in("head"))
    with psycopg.connect(town.named("postgres").dsn("admin"), autocommit=True) as admin:
        for _ in range(20):
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (town.database,))
            sleep(0.05)
    case = service.report()
    stream.until(lambda: case in stream.cases, "it is told after")
    # Longer than until the right is asked for again.
    sleep(2 * QUICK.rights_s)
    assert not stream.ended.is_set()
    assert stream.lines.count("event: ready") == 1
    stream.leave()


def test_a_server_that_stops_ends_its_streams(town: Store) -> None:
    with running(town) as service:
        streams = [Stream(service.log_in("head")), Stream(service.log_in("desk"))]
    for stream in streams:
        assert stream.ended.wait(1)
        assert not any(line.startswith("broken") for line in stream.lines)


def test_head_asks_for_nothing_more(service: Running) -> None:
    client = service.log_in("head")
    answer = client.head(f"/areas/{HEADED}/live")
    assert (answer.status_code, answer.content) == (200, b"")
    client.close()
    wait_for(lambda: len(service.app.state.service.news._listening) == 0, "nobody listens")
