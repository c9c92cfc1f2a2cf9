"""The library's addresses."""

import io
import json

import pytest

from tests.services.layouts import ONE, TWO, custom

AGORA = {
    "mixedVideoLayout": 3,
    "backgroundColor": "#000000",
    "layoutConfig": [
        {"uid": "1001", "x_axis": 0.333333, "y_axis": 0.0, "width": 0.666667, "height": 1.0,
         "alpha": 1.0, "render_mode": 0},
    ],
}  # fmt: skip


@pytest.fixture
def saved(operator):
    form = {"name": "Two beside", "tags": "talk", "document": json.dumps(TWO)}
    assert "Two beside" in operator.send("/layouts", form).text
    return 1


def test_it_lists_and_finds(operator, viewer, saved):
    assert "Two beside" in viewer.get("/layouts").text
    assert "Two beside" in viewer.fetch("/layouts?q=two&tag=talk").text
    assert "Two beside" not in viewer.fetch("/layouts?q=none").text
    assert 'href="/layouts"' in viewer.get("/channels").text


def test_it_shows_versions_and_restores_one(operator, saved):
    operator.post("/layouts/1", {"document": json.dumps(ONE), "version": 1})
    page = operator.get("/layouts/1").text
    assert 'data-version="2"' in page
    assert operator.post("/layouts/1/restore", {"version": 1}).location == "/layouts/1"
    assert json.loads(operator.get("/layouts/1/export").text)["layout"] == TWO


def test_it_changes_what_it_keeps(operator, saved):
    assert operator.post("/layouts/1/duplicate").status_code == 303
    assert operator.post("/layouts/2/rename", {"name": "Copy"}).status_code == 303
    assert operator.post("/layouts/2/tags", {"tags": "x"}).status_code == 303
    assert operator.post("/layouts/2/archive").status_code == 303
    assert ">Copy<" not in operator.fetch("/layouts").text
    assert ">Copy<" in operator.fetch("/layouts?archived=1").text
    assert operator.post("/layouts/2/unarchive").status_code == 303


def test_it_lets_no_viewer_change_it(viewer, saved):
    for path in ("/layouts", "/layouts/1", "/layouts/1/duplicate", "/layouts/1/rename",
                 "/layouts/1/tags", "/layouts/1/archive", "/layouts/1/restore",
                 "/layouts/import"):  # fmt: skip
        assert viewer.post(path).status_code == 403


def test_it_gives_files_to_take_along(operator, saved):
    answer = operator.get("/layouts/1/export?as=agora")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="two-beside-v1.agora.json"'
    )
    assert len(json.loads(answer.text)["layoutConfig"]) == 2
    assert operator.get("/layouts/1/export?as=nobody").status_code == 422


def test_it_brings_in_what_it_gave_out(operator, house):
    file = (io.BytesIO(json.dumps(AGORA).encode()), "wide.json")
    answer = operator.send("/layouts/import", {"file": file}, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert json.loads(operator.get("/layouts/1/export?as=agora").text) == AGORA
    ours = operator.get("/layouts/1/export?as=ours").text
    operator.send("/layouts/import", {"text": ours, "name": "again"})
    assert json.loads(operator.get("/layouts/2/export?as=agora").text) == AGORA


@pytest.mark.parametrize("words", [
    "", "{", "[]", "{}", json.dumps(custom("1001", x=0.9, w=0.2)), "x" * 70_000,
])  # fmt: skip
def test_it_brings_in_no_nonsense(operator, house, words):
    answer = operator.send("/layouts/import", {"text": words, "name": "odd"})
    assert answer.status_code == 422
    assert ">odd<" not in operator.fetch("/layouts").text


def test_it_names_the_region_that_it_cannot_take(operator, house):
    (first,) = AGORA["layoutConfig"]
    wrong = {**AGORA, "layoutConfig": [first, {**first, "alpha": 7}]}
    answer = operator.send("/layouts/import", {"text": json.dumps(wrong), "name": "odd"})
    assert "Region 2: " in answer.text
    assert "Region 1: " not in answer.text


def test_it_bears_a_file_that_is_no_text(operator, house):
    file = (io.BytesIO(b"\xff\xfe\x00\x01" * 10), "picture.jpg")
    answer = operator.send("/layouts/import", {"file": file}, content_type="multipart/form-data")
    assert answer.status_code == 422
