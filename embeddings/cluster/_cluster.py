"""Extraction on an existing Dask cluster: batches of photos go out, outcomes come back in order."""

from __future__ import annotations

import ipaddress
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...data import Photo, PhotoError
from ...errors import FacebenchError
from ...extras import how_to_install
from .._extractor import BATCH, Extractor
from .._outcome import Failure, Outcome
from ._remote import embed_remotely, with_decoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Payload = bytes | NDArray[np.uint8]

#: A batch is sent when it holds BATCH photos or this many bytes: what Dask passes on without complaint.
_BATCH_BYTES = 4_000_000
#: Batches under way per worker: one in work, one in its queue.
_PER_WORKER = 2
_PATIENCE = 15  # seconds for the scheduler to answer, and for a worker to be there
_LOOK = 5  # seconds between two looks whether there are workers while one waits for a batch
_ENCRYPTED = ("tls", "wss")


class Cluster:
    """A connection to a Dask scheduler; `secure_cluster` refuses one that others could listen to.

    Args:
        address: any that `dask.distributed.Client` takes, such as "tls://scheduler:8786". Certificates come from
            Dask's own configuration (`distributed.comm.tls`).

    Raises:
        FacebenchError: Dask is not installed, nobody answers, or there are no workers.
    """

    def __init__(self, address: str) -> None:
        self._client = _connect(address)

    def extractor(self, call: str, local: Extractor, identity: str) -> Extractor:
        """Return an extractor that works on the cluster and gives the vectors of the local one.

        Args:
            call: the call string of the local extractor.
            local: the local extractor; it is not loaded.
            identity: its identity's key; workers with another one (other versions) are refused.
        """
        return _RemoteExtractor(self._client, call, local, identity)

    def close(self) -> None:
        """Leave the cluster; it goes on without us."""
        self._client.close()


class _RemoteExtractor(Extractor):
    def __init__(self, client: Any, call: str, local: Extractor, identity: str) -> None:
        self._client, self._call, self._identity = client, call, with_decoder(identity)
        self._defaults = {"runtime": runtime} if (runtime := getattr(local, "runtime", None)) else {}
        self.card = local.card  # type: ignore[misc]

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return list(self.stream(photos))

    def stream(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        """Yield one outcome per photo, in order, with a few batches under way; lost workers' batches are redone."""
        batches = _batches(photos)
        under_way: deque[tuple[list[Payload | Failure], Any]] = deque()
        try:
            while True:
                room = _PER_WORKER * max(1, len(self._client.nthreads())) - len(under_way)
                for batch in islice(batches, max(0, room)):
                    under_way.append((batch, self._submit(batch)))
                if not under_way:
                    return
                yield from self._collect(*under_way.popleft())
        finally:
            self._client.cancel([future for _, future in under_way])

    def _submit(self, batch: list[Payload | Failure]) -> Any:
        payloads = [payload for payload in batch if not isinstance(payload, Failure)]
        # Not pure: Dask would hash every photo to find out whether it has done it before.
        return self._client.submit(embed_remotely, self._call, self._defaults, self._identity, payloads, pure=False)

    def _collect(self, batch: list[Payload | Failure], future: Any) -> Iterator[Outcome]:
        try:
            outcomes = iter(self._result(future))
        except FacebenchError:
            raise
        except Exception as error:  # whatever happened on a worker arrives here
            raise FacebenchError(
                f"The cluster could not embed photos with {self._call} ({type(error).__name__}: {error}): "
                "its workers need the same facebench as this machine."
            ) from error
        for payload in batch:
            yield payload if isinstance(payload, Failure) else next(outcomes)

    def _result(self, future: Any) -> list[Outcome]:
        """Return the outcomes of a batch; a cluster without workers is given a while to get one.

        Raises:
            FacebenchError: no worker came.
        """
        seen = time.monotonic()
        while True:
            try:
                outcomes: list[Outcome] = future.result(timeout=_LOOK)
                return outcomes
            except TimeoutError:
                if future.done():  # the task's own
                    raise
            if self._client.nthreads():
                seen = time.monotonic()
            elif time.monotonic() > seen + _PATIENCE:
                raise FacebenchError(
                    "The cluster has no workers left. What was embedded is stored: start a worker, and the next run "
                    "resumes there."
                )


def secure_cluster(address: str) -> Cluster:
    """Return a connection to a scheduler on this machine, or to one elsewhere by an encrypted connection.

    Photos travel to a cluster, and a cluster executes what it is sent.

    Raises:
        FacebenchError: the address is off this machine and not encrypted, or as `Cluster`.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme not in _ENCRYPTED and not _is_loopback(parts.hostname or ""):
        raise FacebenchError(
            f"The cluster {address} is not on this machine and its connection is not encrypted: anybody on the way "
            "could read the photos and execute code. Use tls://, or accept that with --insecure-cluster."
        )
    return Cluster(address)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise FacebenchError(f"--cluster needs Dask: {how_to_install('dask')}") from error
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=_PATIENCE)
    except (OSError, ValueError, TypeError, RuntimeError) as error:  # TimeoutError is an OSError
        raise FacebenchError(f"The cluster {address} does not answer or has no workers ({error}).") from error
    return client


def _batches(photos: Iterable[Photo]) -> Iterator[list[Payload | Failure]]:
    """Group what is sent of each photo; one that cannot even be read stays here, as a failure."""
    batch: list[Payload | Failure] = []
    size = 0
    for photo in photos:
        try:
            whole = photo.contents if photo.crop is None else None
            payload: Payload | Failure = photo.pixels if whole is None else whole
        except PhotoError as error:
            payload = Failure(error.reason, error.detail)
        batch.append(payload)
        if not isinstance(payload, Failure):
            size += len(payload) if isinstance(payload, bytes) else payload.nbytes
        if len(batch) == BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
