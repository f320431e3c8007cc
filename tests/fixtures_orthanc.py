"""Real archives for the tests: Orthanc and DCMTK's dcmqrscp, seen from this machine only.

Both listen on all addresses and have no setting against it. Where the machine has other interfaces than the loopback
one, a small library is put before theirs (`LD_PRELOAD`) that turns "any address" into 127.0.0.1.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.settings import DimseNode, ThisNode

_SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
int bind(int fd, const struct sockaddr *address, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
    if (address && address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in local;
        memcpy(&local, address, sizeof local);
        if (local.sin_addr.s_addr == htonl(INADDR_ANY)) local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return real(fd, (struct sockaddr *)&local, sizeof local);
    }
    if (address && address->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 local;
        memcpy(&local, address, sizeof local);
        if (!memcmp(&local.sin6_addr, &in6addr_any, sizeof in6addr_any)) local.sin6_addr = in6addr_loopback;
        return real(fd, (struct sockaddr *)&local, sizeof local);
    }
    return real(fd, address, length);
}
"""
_START_S = 30.0
_PLUGINS = [Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")]


@dataclass(frozen=True)
class Peer:
    """A running archive; `this_node` is what it knows us as, and where a C-MOVE of it goes.

    `storage` is where dcmqrscp keeps what it has, index and all, which it reads anew for each association.
    """

    name: str
    ae_title: str
    host: str
    dicom_port: int
    http_port: int | None
    this_node: ThisNode
    storage: Path | None = None

    def node(self, **changes: object) -> DimseNode:
        """Return the archive as our settings describe it."""
        known = {"name": self.name, "ae_title": self.ae_title, "host": self.host, "port": self.dicom_port}
        return DimseNode.model_validate(known | changes)

    def rest(self, path: str) -> object:
        """Return what Orthanc's REST interface says at `path`."""
        with urllib.request.urlopen(f"http://{self.host}:{self.http_port}{path}", timeout=10) as answer:
            return json.load(answer)

    def clear(self) -> None:
        """Remove every study."""
        if self.storage is not None:
            for file in self.storage.iterdir():
                file.unlink()
            return
        for study in self.rest("/studies"):
            url = f"http://{self.host}:{self.http_port}/studies/{study}"
            urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=10).close()


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Return a function that names a port of 127.0.0.1 that nobody uses."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def loopback_only(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment in which a server is reachable from this machine only; Nagle's algorithm is off in it too."""
    environment = {**os.environ, "TCP_NODELAY": "1"}
    if {interface.name for interface in Path("/sys/class/net").iterdir()} <= {"lo"}:
        return environment
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to keep Orthanc and dcmqrscp on 127.0.0.1 with; or run the tests in `unshare -n`")
    folder = tmp_path_factory.mktemp("shim")
    (folder / "loopback.c").write_text(_SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", "loopback.so", "loopback.c", "-ldl"], cwd=folder, check=True)
    return {**environment, "LD_PRELOAD": str(folder / "loopback.so")}


@pytest.fixture(scope="session")
def orthanc(
    tmp_path_factory: pytest.TempPathFactory, loopback_only: Mapping[str, str], free_port: Callable[[], int]
) -> Iterator[Peer]:
    """Orthanc with one client, PROSECTOR; it keeps what the tests of a session store (`clear()` empties it)."""
    program = _program("Orthanc", "orthanc")
    folder = tmp_path_factory.mktemp("orthanc")
    peer = Peer("Orthanc", "ORTHANC", "127.0.0.1", free_port(), free_port(), _this_node(free_port()))
    (folder / "orthanc.json").write_text(json.dumps(_orthanc_settings(folder, peer)))
    yield from _running([program, str(folder / "orthanc.json")], folder, loopback_only, peer)


@pytest.fixture(scope="session")
def dcmqrscp(
    tmp_path_factory: pytest.TempPathFactory, loopback_only: Mapping[str, str], free_port: Callable[[], int]
) -> Iterator[Peer]:
    """DCMTK's archive, which differs from Orthanc: it counts nothing and knows no ModalitiesInStudy."""
    program = _program("dcmqrscp", "dcmtk")
    folder = tmp_path_factory.mktemp("dcmqrscp")
    (folder / "store").mkdir()
    peer = Peer("dcmqrscp", "QRSCP", "127.0.0.1", free_port(), None, _this_node(free_port()), folder / "store")
    (folder / "qr.cfg").write_text(_dcmqrscp_settings(folder, peer))
    yield from _running([program, "-c", str(folder / "qr.cfg")], folder, loopback_only, peer)


def _program(name: str, package: str) -> str:
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"{name} is not installed (apt-get install {package})")
    return program


def _this_node(port: int) -> ThisNode:
    return ThisNode.model_validate({"ae_title": "PROSECTOR", "host": "127.0.0.1", "port": port})


def _orthanc_settings(folder: Path, peer: Peer) -> dict[str, object]:
    us = {"AET": peer.this_node.ae_title, "Host": "127.0.0.1", "Port": peer.this_node.port}
    allowed = dict.fromkeys(("AllowEcho", "AllowFind", "AllowGet", "AllowMove", "AllowStore"), True)
    return {
        "Name": "TEST",
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "HttpPort": peer.http_port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomAet": peer.ae_title,
        "DicomPort": peer.dicom_port,
        "DicomCheckCalledAet": True,
        "DicomAlwaysAllowEcho": False,
        "DicomAlwaysAllowStore": False,
        "UnknownSopClassAccepted": True,
        "OverwriteInstances": True,
        "DicomModalities": {"prosector": us | allowed},
        "Plugins": [str(path) for path in _PLUGINS if path.exists()],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }


def _dcmqrscp_settings(folder: Path, peer: Peer) -> str:
    return f"""
NetworkTCPPort = {peer.dicom_port}
MaxPDUSize = 131072
MaxAssociations = 16
HostTable BEGIN
prosector = ({peer.this_node.ae_title}, 127.0.0.1, {peer.this_node.port})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
{peer.ae_title} {folder / "store"} RW (200, 1024mb) ANY
AETable END
"""


def _running(command: list[str], folder: Path, environment: Mapping[str, str], peer: Peer) -> Iterator[Peer]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(process, peer, folder / "log")
            yield peer
        finally:
            process.kill()  # nothing that it holds is wanted any more, and Orthanc takes 3 s to stop when asked
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], peer: Peer, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    for port in filter(None, (peer.dicom_port, peer.http_port)):
        while not _answers(peer.host, port):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{peer.name} did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0
