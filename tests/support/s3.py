"""A server of S3 on loopback: moto's, which answers "503 Slow Down" as often as it is told to."""

import os
import random
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

Answer = Iterable[bytes]
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
_KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}


class S3:
    """What is in it, and how it answers.

    Attributes:
        url: where it is.
        share: how many requests are turned away, by chance.
        refused: how many were.
        asked: how many there were.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.share = 0.0
        self.refused = self.asked = 0
        self._chance = random.Random(3)
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=url,
            region_name=_KEYS["AWS_DEFAULT_REGION"],
            aws_access_key_id=_KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=_KEYS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 10}),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that is to reach it."""
        return os.environ | _KEYS | {"FSSPEC_S3_ENDPOINT_URL": self.url}

    def upload(self, folder: Path, bucket: str) -> None:
        """Put the files of a folder into a new bucket."""
        self.client.create_bucket(Bucket=bucket)
        for path in folder.iterdir():
            self.client.put_object(Bucket=bucket, Key=f"2026/{path.name}", Body=path.read_bytes())

    def download(self, bucket: str, folder: Path) -> Path:
        """Fetch what is in a bucket, hidden objects too; return where it is then."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for found in page.get("Contents", []):
                path = folder / found["Key"]
                path.parent.mkdir(parents=True, exist_ok=True)
                self.client.download_file(bucket, found["Key"], str(path))
        return folder

    def is_refused(self) -> bool:
        """Whether the next request is turned away."""
        self.asked += 1
        refused = self._chance.random() < self.share
        self.refused += refused
        return refused


@contextmanager
def s3() -> Generator[S3]:
    """An empty one, for a while."""
    answers: Any = DomainDispatcherApplication(create_backend_app)

    def answer(environ: Mapping[str, Any], start: Callable[..., Any]) -> Answer:
        if found.is_refused():
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start("503 Slow Down", [("Content-Type", "application/xml"), ("Content-Length", str(len(_SLOW_DOWN)))])
            return [_SLOW_DOWN]
        given: Answer = answers(environ, start)
        return given

    listening = make_server("127.0.0.1", 0, answer, threaded=True)
    found = S3(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
        found.client.close()
