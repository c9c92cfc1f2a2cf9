"""The three vendors' accounts with one engine, and what comes back of each."""

from dataclasses import dataclass, replace

from dashboard.providers import registry
from dashboard.providers.base import FOLDER, AccountConfig, RecordingProvider, Verdict
from dashboard.providers.studio import StudioClient
from dashboard.storage.local import LocalStore
from tests.engine.harness import CallbackReceiver, EngineProcess, wait_until

VENDORS = ("agora", "anyrtc", "trtc")
APPS = {"anyrtc": "any-app-1", "trtc": "1400000001"}
SECRET = "CallbackSecret01"  # noqa: S105
APP_SECRET = "0123456789abcdef" * 4


def apps_of(receivers):
    """As `EngineProcess.apps` takes them."""
    return [
        {"dialect": vendor, "app_id": APPS[vendor], "key": f"{vendor}-key",
         "secret": f"{vendor}-secret", "callback_secret": SECRET,
         "callback_url": receivers[vendor].url,
         **({"app_secret": APP_SECRET} if vendor == "trtc" else {})}
        for vendor in APPS
    ]  # fmt: skip


@dataclass
class House:
    """One vendor's account, and what comes back to us of it."""

    config: AccountConfig
    client: RecordingProvider
    plain: RecordingProvider
    receiver: CallbackReceiver
    engine: EngineProcess

    @property
    def vendor(self):
        return self.config.vendor

    def told(self, handle):
        """Every callback of a recording, as we read it."""
        key = registry.handle_key(self.vendor, handle)
        return [one for one in map(self.read, list(self.receiver.deliveries)) if one.key == key]

    def read(self, delivery):
        callbacks = registry.callbacks_for(self.vendor)
        found = callbacks.verify(delivery.headers, delivery.raw, ("an old one", SECRET))
        assert found is Verdict.GENUINE
        return callbacks.parse(delivery.raw)

    def kinds(self, handle):
        return [one.event.kind for one in self.told(handle)]

    def wait_for(self, kind, handle, limit_s=20.0):
        wait_until(lambda: kind in self.kinds(handle), limit_s, f"{kind} of {self.vendor}")

    def begin(self, spec):
        return self.client.start(spec, self.client.prepare(spec))

    def files(self, spec, handle):
        store = LocalStore(self.engine.data / "buckets", spec.storage.bucket)
        inner = handle.get(FOLDER)
        return {file.name for file in store.list((*spec.storage.prefix, *filter(None, [inner])))}

    def running_in(self, channel, recorder_uid="900001"):
        """The name of the recording that the studio tells of, None without one."""
        studio = StudioClient(self.config)
        try:
            return studio.find(channel, recorder_uid)
        finally:
            studio.close()


def house_of(vendor, engine, receiver):
    keys = {
        "agora": {"customer_key": engine.customer_key, "customer_secret": engine.customer_secret},
        "anyrtc": {"customer_key": "anyrtc-key", "customer_secret": "anyrtc-secret"},
        "trtc": {"secret_id": "trtc-key", "secret_key": "trtc-secret", "app_secret": APP_SECRET},
    }[vendor]
    app = APPS.get(vendor, engine.app_id)
    number = VENDORS.index(vendor) + 100
    config = AccountConfig(number, vendor, vendor, engine.url, app, keys, (SECRET,), studio=True)
    plain = replace(config, id=number + 100, studio=False)
    clients = [registry.provider_for(config), registry.provider_for(plain)]
    return House(config, *clients, receiver, engine)
