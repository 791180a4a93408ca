"""A map in one file: what it says, how outlines get shorter, and that no text becomes more than a text."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from matplotlib.image import imread

from api.cli.outs import OutError
from api.cli.snapshot import SUFFIXES
from api.cli.snapshot import snapshot as command
from gis.hotspot_resolution import Method
from grids.language import Language
from maps.escaping import in_markup, in_script
from maps.handout import Asked
from maps.hotspots import Reason
from maps.outlines import STEPS, Outlines, outlines
from maps.palette import PALETTE
from maps.questions import EmptyPeriodError, Layer, Per
from maps.sheet import han_font, sheet
from maps.snapshot import Assets, snapshot
from tests.handouts import handout
from tests.security.payloads import PAYLOADS

ROOT = Path(__file__).parents[2]
ASSETS = Assets("/* the page's script */", "/* the page's style */")
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Seen(HTMLParser):
    """What a browser would make of a piece of markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", {"": data}))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.parametrize("text", PAYLOADS)
def test_in_markup_a_text_stays_a_text(text: str) -> None:
    plain = text.replace("\0", "\ufffd")
    seen = Seen(f'<p title="{in_markup(text)}">{in_markup(text)}</p>')
    assert seen.tags == [("p", {"title": plain})]
    assert "".join(seen.text) == plain
    assert not set("<>\"'`${}") & set(re.sub(r"&#\d+;", "", in_markup(text)))


@pytest.mark.parametrize("text", PAYLOADS)
def test_in_script_a_text_stays_a_text(text: str) -> None:
    written = in_script({text: [text, 1.5, None]})
    assert json.loads(written) == {text: [text, 1.5, None]}
    assert not set("<>&`$\u2028\u2029'") & set(written)
    assert [tag for tag, _ in Seen(f"<script>{written}</script><i>").tags] == ["script", "i"]


def test_half_a_sign_can_be_written() -> None:
    assert json.loads(in_script("a\ud800b")) == "a?b"
    with pytest.raises(ValueError, match="JSON"):
        in_script(float("nan"))


def test_a_page_of_hostile_names_has_no_more_tags_than_one_of_plain_names() -> None:
    asked = Asked(title=PAYLOADS[1], family=PAYLOADS[4], channel=PAYLOADS[9], name=PAYLOADS[13])
    hostile = handout([7] * len(PAYLOADS), names=PAYLOADS, public=False, asked=asked, edition=PAYLOADS[30])
    asked = Asked(title="plain", family="plain", channel="plain", name="plain")
    plain = handout([7] * len(PAYLOADS), public=False, asked=asked)
    bad, good = Seen(snapshot(hostile, ASSETS)), Seen(snapshot(plain, ASSETS))
    assert [tag for tag, _ in bad.tags] == [tag for tag, _ in good.tags]
    data = json.loads(next(t for t in bad.text if t.startswith('{"bounds"')))
    assert data["units"]["names"] == list(PAYLOADS)


def test_the_page_runs_what_is_known_and_fetches_nothing() -> None:
    page = snapshot(handout([1, 7, 0], hot=True), ASSETS)
    policy = next(a["content"] for tag, a in Seen(page).tags if tag == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r"https?:|//[a-z]|\bsrc=|<link", page)
    assert page == snapshot(handout([1, 7, 0], hot=True), ASSETS), "the same map is the same file"


def test_the_page_says_what_it_shows() -> None:
    text = " ".join(Seen(snapshot(handout([0, 7, 12, None], hot=True), ASSETS)).text)
    for said in ("小城市未解决案件分布图", "演示数据", "合计 19 件", "1–4，不公开", "历来收到的案件中", "2025（drawn for tests）",
                 "显著热点（99%）", "显著冷点（95%）", "2026年11月23日 12:00", "Gridwarden"):  # fmt: skip
        assert said in text, said
    assert "内部资料" not in text


@pytest.mark.parametrize(
    ("reason", "per", "total", "zh", "en"),
    [
        ("few_reports", Per.COUNT, 7, "图钉只有 7 个，太少", "Only 7 with a pin: too few"),
        ("few_reports", Per.COUNT, None, "图钉不到 5 个，太少", "Fewer than 5 with a pin: too few"),
        (
            "few_reports",
            Per.HOUSEHOLDS,
            7,
            "有户数的格子里，图钉只有 7 个",
            "Only 7 with a pin where households are known",
        ),
        ("few_cells", Per.COUNT, 900, "范围太小，格子不到 20 个", "it has fewer than 20 cells, however many"),
        ("few_cells", Per.HOUSEHOLDS, 900, "有户数的格子不到 20 个", "fewer than 20 cells with households"),
        ("no_households", Per.HOUSEHOLDS, 0, "没有统计过户数", "Nobody has counted the households"),
    ],
)
def test_why_there_are_no_hotspots(reason: Reason, per: Per, total: int | None, zh: str, en: str) -> None:
    languages: tuple[Language, ...] = ("zh", "en")
    for lang, said in zip(languages, (zh, en), strict=True):
        drawn = handout([0, 7, 12], hot=True, per=per, lang=lang)
        assert drawn.hotspots is not None
        untested = replace(drawn.hotspots, method="too_few", reason=reason, total=total, n=[], bin=[])
        page = replace(drawn, hotspots=untested)
        assert (len(page.hotspot_notes), page.hotspot_legend) == (1, [])
        assert said in page.hotspot_notes[0]
        assert page.hotspot_notes[0] in " ".join(Seen(snapshot(page, ASSETS)).text)


@pytest.mark.parametrize(
    ("per", "method", "zh", "en"),
    [
        (
            Per.COUNT,
            "analytic",
            ("其余各格的平均和离散程度", "负二项"),
            ("mean and spread of all others", "negative binomial"),
        ),
        (
            Per.COUNT,
            "permutation",
            ("其余各格的数随机排列 999 次",),
            ("999 random exchanges of all other hexagons' numbers",),
        ),
        (Per.HOUSEHOLDS, "analytic", ("按其户数", "负二项"), ("its households would make", "negative binomial")),
        (
            Per.HOUSEHOLDS,
            "permutation",
            ("户均数随机排列 999 次", "负二项"),
            ("999 random exchanges", "rates", "negative"),
        ),
    ],
)
def test_hotspots_say_what_is_drawn(per: Per, method: Method, zh: tuple[str, ...], en: tuple[str, ...]) -> None:
    """Bins come of tails of numbers, by households or not, and no z-score is behind a colour."""
    languages: tuple[Language, ...] = ("zh", "en")
    for lang, said in zip(languages, (zh, en), strict=True):
        drawn = handout([0, 7, 12], hot=True, per=per, lang=lang)
        assert drawn.hotspots is not None
        page = replace(drawn, hotspots=replace(drawn.hotspots, method=method))
        text = " ".join(Seen(snapshot(page, ASSETS)).text)
        (note,) = page.hotspot_notes
        assert note in text
        assert all(part in note for part in said), note
        assert "Gi*" not in text
        assert page.hotspot_heading in text
        assert ("户均" in page.hotspot_heading or "per household" in page.hotspot_heading) == (per is Per.HOUSEHOLDS)


def test_a_map_of_a_member_of_staff_says_so() -> None:
    text = " ".join(Seen(snapshot(handout([1, 2], public=False, asked=Asked(name="规划员")), ASSETS)).text)
    assert "内部资料" in text
    assert "规划员" in text
    assert "不公开" not in text


def test_an_empty_map_says_so() -> None:
    page = handout([0, 0, 0])
    assert "没有未解决的" in (page.empty or "")
    assert [(row.text, row.units) for row in page.legend] == [("0", 3)]
    assert str(page.empty) in snapshot(page, ASSETS)
    assert handout([0, 9]).empty is None


def test_the_legend_of_one_report() -> None:
    assert [(r.colour, r.text, r.units) for r in handout([0, 9]).legend] == [("uns-6", "5–9", 1), ("seq-0", "0", 1)]


def test_what_is_unsolved_has_colours_of_its_own() -> None:
    for layer in Layer:
        legend = [row.colour for row in handout([0, 9, 20], layer=layer).legend]
        ramp = "uns" if layer is Layer.UNSOLVED else "seq"
        assert legend == [f"{ramp}-6", f"{ramp}-3", "seq-0"]


@pytest.mark.parametrize("sheet", ["tokens.css", "dark.css"])
def test_each_step_of_a_ramp_is_told_from_the_one_before_by_its_lightness_alone(sheet: str) -> None:
    css = (ROOT / "api/assets/css" / sheet).read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6});", css))
    for ramp in ("seq", "uns"):
        steps = [_lightness(tokens[f"{ramp}-{n}"]) for n in range(1, 7)]
        apart = np.diff(steps) * (1 if sheet == "dark.css" else -1)
        assert apart.min() > 7, (ramp, steps)


def _lightness(colour: str) -> float:
    """CIE L* of a colour in sRGB."""
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in np.frombuffer(bytes.fromhex(colour), np.uint8) / 255
    ]
    return float(116 * np.cbrt(np.dot(linear, (0.2126, 0.7152, 0.0722))) - 16)


def test_the_legend_of_counts_has_no_gap_and_holds_all_units() -> None:
    page = handout([*range(30), None, None])
    rows = page.legend
    assert sum(row.units for row in rows) == 32
    assert rows[-1].colour == "hidden"
    assert rows[-1].units == 2
    bounds = [re.findall(r"\d+", row.text) for row in rows[:-2]]
    assert bounds[-1][0] == "5", "in public the lowest class begins where numbers are told"
    for higher, lower in pairwise(bounds):
        assert int(higher[0]) == int(lower[-1]) + 1


def test_the_legend_of_a_difference() -> None:
    page = handout([1, 5, 9, 4], before=[4, 5, 2, 4], public=False)
    assert [(r.colour, r.text, r.units) for r in page.legend] == [
        ("div-p3", "增加 4–7", 1), ("div-p2", "增加 1–3", 0), ("div-0", "没有变化", 2), ("div-m2", "减少 1–3", 1), ("div-m3", "减少 4–7", 0),
    ]  # fmt: skip
    assert page.title == "小城市未解决案件变化图"


def test_the_legend_of_rates_names_units_without_households() -> None:
    page = handout([3, 4, 5], values=[None, 39.6, 49.02], per=Per.HOUSEHOLDS, public=False)
    assert [(r.colour, r.text, r.units) for r in page.legend] == [
        ("uns-6", "49.02", 1), ("uns-3", "39.6", 1), ("unknown", "无户数", 1)
    ]  # fmt: skip


def test_english_is_complete() -> None:
    page = snapshot(handout([0, 7, None], lang="en", hot=True, asked=Asked(name="x")), ASSETS)
    head = page[: page.index("snapshot-data")] + page[page.index("</script>") :]
    without = re.sub("小城市", "", head)
    assert not re.search("[\u4e00-\u9fff]", without)


def test_colours_are_those_of_the_pages() -> None:
    css = (ROOT / "api/assets/css/tokens.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", css))
    assert {name: tokens[name] for name in PALETTE} == PALETTE


def _numbers(text: str) -> list[int]:
    found, whole, shift = [], 0, 0
    for sign in text:
        digit = _DIGITS.index(sign)
        whole += digit % 32 << shift
        shift += 5
        if digit < 32:
            found.append(-(whole + 1) // 2 if whole % 2 else whole // 2)
            whole = shift = 0
    return found


def _read(made: Outlines, shape: str) -> shapely.Geometry:
    """A shape read again as the page's script reads it, by the even-odd rule."""
    stretches = [np.cumsum(np.array(_numbers(s)).reshape(-1, 2), axis=0) + made.origin for s in made.stretches]
    area: shapely.Geometry = shapely.Polygon()
    for ring in shape.split(",") if shape else []:
        names = np.cumsum(_numbers(ring))
        places = np.concatenate([stretches[n // 2][:: -1 if n % 2 else 1][:-1] for n in names])
        area = shapely.symmetric_difference(area, shapely.Polygon(places / STEPS))
    return area


@pytest.mark.parametrize("seed", range(5))
def test_outlines_can_be_read_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = shapely.MultiPoint(rng.uniform([117, 39], [118, 40], (60, 2)))
    frame = shapely.box(117, 39, 118, 40)
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame)), frame)
    island = shapely.Point(117.5, 39.5).buffer(0.02)
    holed = shapely.difference(frame, island)
    groups = rng.integers(0, 4, len(cells))
    above = np.array([shapely.union_all(cells[groups == g]) for g in range(4)])
    collections = [cells, above, np.array([frame, holed, island])]
    made = outlines(collections)
    for shapes, texts in zip(collections, made.shapes, strict=True):
        for shape, text in zip(shapes, texts, strict=True):
            assert shapely.symmetric_difference(_read(made, text), shape).area <= 2e-5 * shape.length
    alone = sum(len("".join(outlines([shapes]).stretches)) for shapes in collections)
    assert len("".join(made.stretches)) < 0.7 * alone, "a border that is shared is written once"


def test_outlines_of_nothing() -> None:
    assert outlines([np.array([], dtype=object)]).shapes == [[]]
    speck = shapely.box(117, 39, 117.000001, 39.000001)
    assert outlines([np.array([speck, shapely.Polygon()])]).shapes == [["", ""]]


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_sheet(kind: str) -> None:
    font = han_font()
    assert font is not None
    names = [PAYLOADS[n % len(PAYLOADS)] for n in range(25)]
    made = sheet(handout([*range(24), None], names=names, hot=True, asked=Asked(title="$x_ 测试 \\frac{")), font, kind)
    if kind == "pdf":
        assert made.startswith(b"%PDF-")
        assert b"/FontFile" in made
        return
    picture = imread(BytesIO(made))
    assert picture.shape[:2] == (1654, 2338), "A4 at 200 dots an inch"
    assert "$x_ 测试 \\frac{".encode() in made
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 50


def test_no_font_is_no_sheet(tmp_path: Path) -> None:
    assert han_font([tmp_path, tmp_path / "none"]) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("map.svg", "ends otherwise"),
        ("map", "ends otherwise"),
        ("none/map.html", "no folder"),
        ("there.html", "--force"),
        ("folder.html", "is a folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_first(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "there.html").touch()
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OutError, match=said):
        command(Layer.OPEN, "grid", tmp_path / name)
    assert SUFFIXES == (".html", ".png", ".pdf")


def test_a_period_that_ends_before_it_begins(tmp_path: Path) -> None:
    from datetime import datetime

    with pytest.raises(EmptyPeriodError):
        command(Layer.OPEN, "grid", tmp_path / "m.html", since=datetime(2026, 2, 1), until=datetime(2026, 1, 1))  # noqa: DTZ001
