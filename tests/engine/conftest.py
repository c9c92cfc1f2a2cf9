import pytest

from tests.engine.harness import CallbackReceiver, EngineProcess


@pytest.fixture(scope="module")
def receiver():
    with CallbackReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    """One engine for the tests of a module; each uses channels of its own."""
    folder = tmp_path_factory.mktemp("engine")
    tune = {"retry_gaps_s": "0.1,0.2,0.3", "answer_limit_s": 1.0, "progress_every_s": 0.7}
    with EngineProcess(folder, receiver.url, demo_channel="studio-demo", tune=tune) as process:
        yield process
