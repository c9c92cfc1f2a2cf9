"""Our client for Agora against a service that answers as Agora: the engine, over HTTP."""

import secrets
from contextlib import ExitStack

import pytest

from dashboard.domain.recording import Canvas, Output, Profile, RecordingSpec, StorageTarget
from dashboard.errors import ProviderError
from dashboard.providers.agora import client as agora
from dashboard.providers.base import AccountConfig
from dashboard.providers.studio import StudioClient
from tests.contracts.house import SECRET, VENDORS, apps_of
from tests.engine.harness import CallbackReceiver, EngineProcess


@pytest.fixture(scope="module")
def receiver():
    with CallbackReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    folder = tmp_path_factory.mktemp("engine")
    tune = {"retry_gaps_s": "0.1,0.2,0.3", "resource_life_s": 3}
    with EngineProcess(folder, receiver.url, demo_channel="studio-demo", tune=tune) as process:
        yield process


@pytest.fixture(scope="package")
def receivers():
    """By vendor: who is told of its recordings."""
    with ExitStack() as stack:
        yield {vendor: stack.enter_context(CallbackReceiver()) for vendor in VENDORS}


@pytest.fixture(scope="package")
def doors(tmp_path_factory, receivers):
    """An engine with an app for each vendor."""
    tune = {"retry_gaps_s": "0.1,0.2,0.3", "trtc_rate_per_s": 100_000}
    with EngineProcess(
        tmp_path_factory.mktemp("doors"), receivers["agora"].url, tune=tune,
        callback_secret=SECRET, apps=apps_of(receivers),
    ) as process:  # fmt: skip
        yield process


@pytest.fixture
def config(engine):
    return AccountConfig(
        id=1,
        vendor="agora",
        name="Built-in engine",
        base_url=engine.url,
        app_id=engine.app_id,
        credentials={
            "customer_key": engine.customer_key,
            "customer_secret": engine.customer_secret,
        },
        callback_secrets=(engine.callback_secret,),
        studio=True,
    )


@pytest.fixture
def studio(config):
    studio = StudioClient(config)
    yield studio
    studio.close()


@pytest.fixture
def client(config, studio):
    client = agora.make(config, None, studio)
    yield client
    client.close()


@pytest.fixture
def plain_client(config):
    """As for an account without a studio, which is every vendor's own."""
    client = agora.make(config)
    yield client
    client.close()


@pytest.fixture
def spec():
    """A small recording in a channel of its own."""
    return spec_for("room-" + secrets.token_hex(3))


def spec_for(channel: str, uid: str = "900001", **profile) -> RecordingSpec:
    given = {"canvas": Canvas(320, 180, 10, 200), "output": Output.HLS, "max_idle_s": 30}
    return RecordingSpec(
        channel=channel,
        profile=Profile(uid, **(given | profile)),
        storage=StorageTarget("local", "rec", ("d1", secrets.token_hex(4))),
    )


@pytest.fixture
def running(client, spec):
    """A handle of a recording under way; stopped afterwards."""
    handle = client.start(spec, client.prepare(spec))
    yield handle
    stop_quietly(client, handle)


def stop_quietly(client, handle):
    try:
        client.stop(handle)
    except ProviderError as fault:
        print("not stopped:", fault)
