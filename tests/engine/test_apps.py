"""Many apps, each with its own keys, recordings and listener."""

import json

import pytest

from dashboard.engine.apps import App, Apps, read_apps
from dashboard.engine.config import read_config

ONE = {"dialect": "agora", "app_id": "one", "key": "k1", "secret": "s1"}
TWO = {"dialect": "trtc", "app_id": "1400000001", "key": "k2", "secret": "s2", "app_secret": "u"}


def written(tmp_path, document):
    path = tmp_path / "apps.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_it_reads_a_file_of_apps(tmp_path):
    apps = Apps(read_apps(written(tmp_path, [ONE, TWO])))
    assert [app.app_id for app in apps] == ["one", "1400000001"]
    assert apps.get("one") == App(**ONE)
    assert apps.get("two") is None
    assert [app.app_id for app in apps.of("trtc")] == ["1400000001"]
    assert apps.with_key("k1", "s1") == [App(**ONE)]
    assert apps.with_key("k1", "s2") == []
    assert "s2" not in repr(apps.get("1400000001"))


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("{", "line 1"),
        ({}, "a list of apps"),
        ([1], "app 1 must be an object"),
        ([ONE, {**ONE, "dialect": "zoom"}], "app 2: dialect"),
        ([{**ONE, "secret": ""}], "app 1: secret is missing"),
        ([{**ONE, "app_id": 7}], "app 1: app_id must be text"),
        ([{**ONE, "colour": "red"}], "'colour'"),
        ([ONE, ONE], "'one' is there twice"),
    ],
)
def test_it_says_what_is_wrong_with_a_file(tmp_path, monkeypatch, document, named):
    monkeypatch.setenv("TALLYDECK_DATA", str(tmp_path))
    with pytest.raises(SystemExit) as fault:
        read_config(["--apps", str(written(tmp_path, document))])
    assert named in str(fault.value)


def test_it_makes_apps_of_flags_and_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("TALLYDECK_DATA", str(tmp_path))
    monkeypatch.setenv("TALLYDECK_ENGINE_APPS", str(written(tmp_path, [ONE])))
    monkeypatch.setenv("TALLYDECK_ENGINE_ANYRTC_SECRET", "as")
    monkeypatch.setenv("TALLYDECK_ENGINE_CALLBACK_SECRET", "cs")
    config = read_config(
        ["--anyrtc-app-id", "any", "--anyrtc-key", "ak", "--app-id", "mine",
         "--anyrtc-callback-url", "http://127.0.0.1:1/any", "--trtc-sdk-app-id", "1400000001",
         "--trtc-secret-id", "tk", "--trtc-secret-key", "ts", "--trtc-app-secret", "tu"]
    )  # fmt: skip
    apps = list(config.apps)
    assert [(app.dialect, app.app_id) for app in apps] == [
        ("agora", "mine"), ("anyrtc", "any"), ("trtc", "1400000001"), ("agora", "one"),
    ]  # fmt: skip
    assert apps[1] == App("anyrtc", "any", "ak", "as", "http://127.0.0.1:1/any", "cs")
    assert apps[2] == App("trtc", "1400000001", "tk", "ts", "", "cs", "tu")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--anyrtc-app-id", "any"], "TALLYDECK_ENGINE_ANYRTC_KEY"),
        (["--trtc-sdk-app-id", "14", "--trtc-secret-id", "x"], "TALLYDECK_ENGINE_TRTC_APP_SECRET"),
    ],
)
def test_it_refuses_half_an_app(tmp_path, monkeypatch, flags, named):
    monkeypatch.setenv("TALLYDECK_DATA", str(tmp_path))
    with pytest.raises(SystemExit) as fault:
        read_config(flags)
    assert named in str(fault.value)
