"""``./run quality``: a run that was ended goes on, another commit begins anew, and what was found is kept after each round."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import quality


@pytest.fixture
def rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    done: list[int] = []

    def work(n: int, _store: object) -> dict[str, int]:
        if n == 2 and done.count(2) == 0:
            done.append(n)
            raise KeyboardInterrupt
        done.append(n)
        return {"points": 10, "differences": int(n == 3)}

    @contextmanager
    def no_store() -> Iterator[None]:
        yield

    monkeypatch.setattr(quality, "a_store", no_store)
    monkeypatch.setattr(quality, "_KEPT", tmp_path)
    monkeypatch.setattr(quality, "CLAIMS", {"tried": (4, work)})
    return done


def test_what_was_ended_goes_on_and_another_commit_begins_anew(rounds: list[int], tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        quality._work("tried", "one")
    kept = json.loads((tmp_path / "tried.json").read_text(encoding="utf-8"))
    assert (kept["rounds"], kept["of"], kept["points"], kept["commit"]) == (2, 4, 20, "one")
    whole = quality._work("tried", "one")
    assert (whole["rounds"], whole["points"], whole["differences"]) == (4, 40, 1)
    assert rounds == [0, 1, 2, 2, 3]
    assert quality._work("tried", "one") == whole, "nothing is left to do"
    assert quality._work("tried", "other")["commit"] == "other"
    assert rounds[5:] == [0, 1, 2, 3]


def test_of_files_that_differ_from_their_commit_nothing_is_kept(rounds: list[int], tmp_path: Path) -> None:
    rounds.append(2)
    clean = quality._work("tried", "one")
    for _ in range(2):
        differing = quality._work("tried", None)
        assert (differing["rounds"], differing["points"], differing["commit"]) == (4, 40, None)
    assert rounds == [2, *range(4), *range(4), *range(4)]
    assert json.loads((tmp_path / "tried.json").read_text(encoding="utf-8")) == clean
