"""A store that speaks S3, in a process of its own, that knows its keys and checks signatures.

with Store() as store:
    store.make_bucket("rec")
    engine.start_recording("room", storage=store.config("rec"))
    store.objects("rec")
"""

import contextlib
import socket
import subprocess
import sys
import threading
from typing import Any

import boto3
import requests
from botocore.config import Config

from tests.engine.harness import free_port, wait_until

_POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


class Store:
    """access_key, secret_key: of its only user, from `start` on."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.access_key = self.secret_key = ""
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Store":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-p", str(self.port)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._is_up, what="the store")
        iam = self._client("iam", "setup", "setup")
        iam.create_user(UserName="recorder")
        iam.put_user_policy(UserName="recorder", PolicyName="all", PolicyDocument=_POLICY)
        key = iam.create_access_key(UserName="recorder")["AccessKey"]
        self.access_key, self.secret_key = key["AccessKeyId"], key["SecretAccessKey"]
        requests.post(f"{self.url}/moto-api/reset-auth", data=b"0", timeout=5).raise_for_status()

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def config(self, bucket: str, **changes: Any) -> dict[str, Any]:
        """A storageConfig of Agora's for this store."""
        return {
            "vendor": 11,
            "region": 0,
            "bucket": bucket,
            "accessKey": self.access_key,
            "secretKey": self.secret_key,
            "extensionParams": {"endpoint": self.url},
            **changes,
        }

    def make_bucket(self, name: str) -> None:
        self._s3.create_bucket(Bucket=name)

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Everything in a bucket, by its full name."""
        listed = self._s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            one["Key"]: self._s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
            for one in listed
        }

    def head(self, bucket: str, key: str) -> dict[str, Any]:
        return self._s3.head_object(Bucket=bucket, Key=key)

    @property
    def _s3(self) -> Any:
        return self._client("s3", self.access_key, self.secret_key)

    def _client(self, service: str, access_key: str, secret_key: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(s3={"addressing_style": "path"}),
        )

    def _is_up(self) -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/moto-api/", timeout=5).ok
        return False


class Line:
    """The way to a server on this machine, which can be cut and mended."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._port = free_port()
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    def __enter__(self) -> "Line":
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Whoever talks is cut off; whoever comes finds nobody."""
        for end in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(("127.0.0.1", self._to_port))
                self._open += (here, there)
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
