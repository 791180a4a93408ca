"""Wubaihu is redrawn on the pages: a file, what is wrong with it, what it changes, its midnight, cases that follow, and back."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pwdlib import PasswordHash

from api.worker.preparing import prepare_asked
from api.worker.timed import follow
from gis.store import Store
from grids.sample.divisions import WUBAIHU
from grids.sample.load import LogIn, load_city
from grids.sample.redraw import MERGED
from grids.sample.small import default_folder, read_sample
from tests import chains
from tests.browser.at_work import at_work, does
from tests.browser.conftest import Visitors, kept, serving, until
from tests.conftest import cloned
from tests.little_town import PASSWORD

BEFORE = datetime.fromisoformat("2026-12-07T10:00+08:00")
KEPT, GONE = f"{MERGED}001", f"{MERGED}002"
LOG_INS = {"admin": ("1310", "administrator"), "town": (WUBAIHU, "dispatcher")}


@dataclass
class Day:
    """The service's clock, which the test moves on."""

    now: datetime = BEFORE

    def next(self) -> None:
        """Go on to ten o'clock of the next day."""
        self.now += timedelta(days=1)


@dataclass
class Wubaihu:
    """The township as it was drawn for 2025, served."""

    store: Store
    address: str
    day: Day
    spot: tuple[float, float]

    def worker_looks(self) -> None:
        """Do what the worker does each minute with editions and open cases."""
        prepare_asked(self.store.dsn("worker"), self.day.now, lambda: self.day.now)
        # The browser's loop runs in this thread.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(asyncio.run, self._follow()).result()

    async def _follow(self) -> None:
        async with await psycopg.AsyncConnection.connect(self.store.dsn("worker"), autocommit=True) as connection:
            await follow(connection, self.day.now)


@pytest.fixture(scope="module")
def wubaihu(server: Store) -> Iterator[Wubaihu]:
    sample = read_sample(default_folder())
    grid = sample.city.edition("2025").by_code()[GONE]
    spot = shapely.point_on_surface(grid.geom)
    password = PasswordHash.recommended().hash(PASSWORD)
    day = Day()

    def build(store: Store) -> None:
        with chains.owner(store) as owner:
            log_ins = [LogIn(login, *where, password) for login, where in LOG_INS.items()]
            load_city(owner, sample.city, sample.postings, sample.sites, log_ins, day.now)
            owner.commit()

    with cloned(server) as store, serving(store, build=build, clock=lambda: day.now) as address:
        yield Wubaihu(store, address, day, (spot.x, spot.y))


@pytest.fixture(scope="module")
def site(wubaihu: Wubaihu) -> str:
    return wubaihu.address


def _case_of(wubaihu: Wubaihu, words: str) -> str:
    """Answer the address of the case of which this was said."""
    with chains.owner(wubaihu.store) as owner:
        row = owner.execute(
            "SELECT r.case_id FROM reports r JOIN report_words w ON w.report_id = r.id WHERE w.words = %s", (words,)
        ).fetchone()
    assert row
    return f"/cases/{row[0]}"


def _report(visitors: Visitors, wubaihu: Wubaihu, words: str) -> str:
    """Let a resident report at the spot, and answer the address of the case."""
    resident = visitors.come()
    resident.goto(f"/report?lon={wubaihu.spot[0]}&lat={wubaihu.spot[1]}")
    resident.locator("input[name=category]").first.check()
    resident.fill("#text", words)
    resident.click("#send")
    resident.wait_for_url("**/status/**")
    return _case_of(wubaihu, words)


def _answers(page: Page, wubaihu: Wubaihu) -> str:
    lon, lat = wubaihu.spot
    return str(page.request.get(f"/api/locate?lon={lon}&lat={lat}&datum=wgs84").json()["area"]["code"])


def test_a_redraw_from_its_file_to_the_way_back(visitors: Visitors, wubaihu: Wubaihu) -> None:
    moves, stays = (_report(visitors, wubaihu, words) for words in ("路边又有一堆垃圾。", "路牌的事。"))
    town = at_work(visitors, "town")
    town.goto(stays)
    does(town, "decline", "不属于村里的职责，已告知电话。")

    # The file becomes an edition that answers for nothing yet.
    admin = at_work(visitors, "admin")
    admin.goto("/boundaries")
    admin.locator("a[href='/boundaries/import']").click()
    admin.set_input_files("#file", default_folder() / "areas-2027.geojson")
    admin.locator("form[enctype] button").first.click()
    admin.fill("#edition", "2027")
    admin.locator("form[method=get] button.primary").click()
    expect(admin.locator("#result")).to_contain_text("2027")
    kept(admin, "redraw-import")
    admin.locator("form[action$='/load'] button").click()
    admin.wait_for_url(re.compile(r"/boundaries/\d+$"))
    edition = admin.url
    assert _answers(admin, wubaihu) == GONE

    # What the checks found.
    admin.goto(f"{edition}/checks")
    expect(admin.locator("main h1")).to_be_visible()
    kept(admin, "redraw-checks")
    assert Axe().run(admin).response["violations"] == []

    # The worker draws its maps; then the difference is seen, and who is concerned.
    admin.goto(edition)
    admin.locator("form[action$='/prepare'] button").click()
    wubaihu.worker_looks()
    admin.reload()
    until(lambda: admin.locator("#map").get_attribute("data-difference") is not None, "the difference is drawn", 30)
    expect(admin.locator(".changes")).to_contain_text(GONE)
    expect(admin.locator(f"a[href='{moves}']")).to_have_count(1)
    expect(admin.locator(f"a[href='{stays}']")).to_have_count(0)
    kept(admin, "redraw-difference")

    # It begins at the next midnight, and not before.
    accept = admin.locator("input[name=accept_warnings]")
    if accept.count():
        accept.check()
    admin.locator("form[action$='/activate'] button").click()
    expect(admin.locator("form[action$='/take-back']")).to_be_visible()
    wubaihu.worker_looks()
    assert _answers(admin, wubaihu) == GONE
    wubaihu.day.next()
    assert _answers(admin, wubaihu) == KEPT
    wubaihu.worker_looks()

    # The open case has followed, with one line in its history; the declined one is as it was.
    town = at_work(visitors, "town")
    town.goto(moves)
    expect(town.locator(".time-line")).to_contain_text("2027")
    expect(town.locator(".time-line")).to_contain_text("辖区由“周庄村第二网格”改为“周庄村第一网格”")
    kept(town, "redraw-followed")
    assert _filed(wubaihu, moves) == (KEPT, 1)
    assert _filed(wubaihu, stays) == (GONE, 0)

    # Back again: from the next midnight the earlier edition answers, the case follows once more, and nothing is forgotten.
    admin = at_work(visitors, "admin", lang="en")
    admin.goto("/boundaries")
    admin.get_by_role("link", name=re.compile("2025")).first.click()
    admin.locator("form[action$='/activate'] button").click()
    expect(admin.locator("form[action$='/take-back']")).to_be_visible()
    wubaihu.day.next()
    wubaihu.worker_looks()
    admin = at_work(visitors, "admin")
    assert _answers(admin, wubaihu) == GONE
    assert _filed(wubaihu, moves) == (GONE, 2)
    assert _filed(wubaihu, stays) == (GONE, 0)
    admin.goto("/boundaries")
    kept(admin, "redraw-after")
    with chains.owner(wubaihu.store) as owner:
        assert owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == []
        # The day between is still asked as it was.
        asked = "SELECT locate(%s, %s, NULL, %s) #>> '{area,code}'"
        then = owner.execute(asked, (*wubaihu.spot, BEFORE + timedelta(days=1))).fetchone()
        assert then == (KEPT,)


def _filed(wubaihu: Wubaihu, address: str) -> tuple[str, int]:
    """Answer under which area a case is filed, and how often it followed."""
    number = int(address.rpartition("/")[2])
    with chains.owner(wubaihu.store) as owner:
        row = owner.execute(
            "SELECT c.area_code, (SELECT count(*) FROM events e WHERE e.case_id = c.id AND e.verb = 'follow')"
            " FROM cases c WHERE c.id = %s",
            (number,),
        ).fetchone()
    assert row
    return str(row[0]), int(row[1])
