"""No URL a user can write reaches an inner address: a witness listens there."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import ipaddress
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from storyforge.core import outbound
from storyforge.core.outbound import AddressRefused, Unreachable, check_url, post

PUBLIC = "93.184.215.14"
# {p} is the port at which the witness listens, on all addresses of this machine.
CORPUS = [
    "https://127.0.0.1:{p}/", "https://127.1:{p}/", "https://127.0.1:{p}/", "https://0:{p}/",
    "https://0.0.0.0:{p}/", "https://127.255.255.254:{p}/", "https://2130706433:{p}/",
    "https://017700000001:{p}/", "https://0177.0.0.1:{p}/", "https://0x7f000001:{p}/",
    "https://0x7f.0.0.1:{p}/", "https://0x7f.1:{p}/", "https://localhost:{p}/",
    "https://LOCALHOST:{p}/", "https://localhost.:{p}/", "https://ip6-localhost:{p}/",
    "https://[::1]:{p}/", "https://[0:0:0:0:0:0:0:1]:{p}/", "https://[::]:{p}/",
    "https://[::ffff:127.0.0.1]:{p}/", "https://[::ffff:7f00:1]:{p}/", "https://[::127.0.0.1]:{p}/",
    "https://[64:ff9b::7f00:1]:{p}/", "https://[2002:7f00:1::]:{p}/", "https://[fe80::1]:{p}/",
    "https://[fe80::1%25lo]:{p}/", "https://[fc00::1]:{p}/", "https://[fec0::1]:{p}/",
    "https://[ff02::1]:{p}/", "https://[fd00:ec2::254]/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/", "https://169.254.169.254.:{p}/",
    "https://0xa9fea9fe/", "https://2852039166/", "https://10.0.0.1:{p}/", "https://172.16.0.1:{p}/",
    "https://192.168.0.1:{p}/", "https://100.64.0.1:{p}/", "https://192.0.0.1:{p}/",
    "https://198.18.0.1:{p}/", "https://224.0.0.1:{p}/", "https://240.0.0.1:{p}/",
    "https://255.255.255.255:{p}/", "https://example.com@127.0.0.1:{p}/",
    "https://127.0.0.1:{p}@[::1]:{p}/", "https://127.0.0.1:{p}#@example.com/",
    "https://127.0.0.1:{p}?@example.com/", "https://127.0.0.1:{p}\\@example.com/",
    "https://example.com\\@127.0.0.1:{p}/", "https://127.0.0.1:{p}%2f@example.com/",
    "https://127。0。0。1:{p}/", "https://①②⑦.0.0.1:{p}/", "https://ⓛocalhost:{p}/",
    "http://127.0.0.1:{p}/", "http://localhost:{p}/", "http://[::1]:{p}/", "HTTP://127.0.0.1:{p}/",
    "http://example.com/", "ftp://127.0.0.1:{p}/", "file:///etc/passwd", "gopher://127.0.0.1:{p}/_x",
    "dict://127.0.0.1:{p}/", "//127.0.0.1:{p}/", "127.0.0.1:{p}", "https:127.0.0.1:{p}",
    "https:///127.0.0.1:{p}/", "https://127.0.0.1:{p} .example.com/", "https://127.0.0.1\t:{p}/",
    "https://127.0.0.1:{p}\r\nHost: x/", "https://\x00127.0.0.1:{p}/", "https://:{p}/", "https://",
    "https://127.0.0.1:99999/", "https://127.0.0.1:-1/", "https://127.0.0.1:0/", "", "https://[",
    "https://[::1/", "https://[127.0.0.1]:{p}/", "https://" + "a" * 600 + ".example.com/",
]  # fmt: skip


class Witness:
    """Listens on every address of this machine, both families, and counts who connects."""

    def __init__(self) -> None:
        self.connects = 0
        self._listener = socket.create_server(
            ("::", 0), family=socket.AF_INET6, dualstack_ipv6=True
        )
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                self.connects += 1
                accepted.close()

    def seen(self) -> int:
        """How many have connected by now, but for one that is made here to be sure of the order."""
        with socket.create_connection(("127.0.0.1", self.port)) as own:
            own.recv(1)
        self.connects -= 1
        return self.connects

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def witness():
    listening = Witness()
    yield listening
    listening.close()


@pytest.fixture
def _loopback(settings):
    settings.OUTBOUND_LOOPBACK = True


def send(url, seconds=5.0):
    return post(url, body=b"{}", headers={"Content-Type": "application/json"}, seconds=seconds)


def named(monkeypatch, *answers):
    """Let every name resolve to these addresses in turn; gives the list of names looked up."""
    asked = []

    def lookup(host, port, *args, **kwargs):
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        where = (address, port, 0, 0) if ":" in address else (address, port)
        return [(family, socket.SOCK_STREAM, 6, "", where)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_the_witness_hears(witness):
    before = witness.seen()
    for host in ("127.0.0.1", "::1", "127.255.255.254", "0.0.0.0"):  # noqa: S104
        socket.create_connection((host, witness.port)).close()
    assert witness.seen() == before + 4


@pytest.mark.parametrize("url", CORPUS)
def test_an_inner_address_is_never_connected_to(url, witness):
    before = witness.seen()
    with pytest.raises((AddressRefused, Unreachable)):
        send(url.format(p=witness.port), seconds=2.0)
    assert witness.seen() == before


@pytest.mark.parametrize("url", [u for u in CORPUS if u.startswith(("http", "HTTP"))])
def test_the_guard_of_the_connection_holds_by_itself(url, witness, monkeypatch):
    """The same without the look at the URL's text: one wall is enough."""
    monkeypatch.setattr(outbound, "check_url", lambda url: url)
    before = witness.seen()
    if "example.com/" in url and "127" not in url:
        return  # leads outside, where there is nothing to hear
    with pytest.raises((AddressRefused, Unreachable)):
        send(url.format(p=witness.port), seconds=2.0)
    assert witness.seen() == before


INNER = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "169.254.169.254", "100.100.100.200",
         "fd00:ec2::254", "fe80::1", "0.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1"]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_a_name_that_leads_inside_is_not_followed(address, witness, monkeypatch):
    before = witness.seen()
    with monkeypatch.context() as patch:
        named(patch, address)
        with pytest.raises(Unreachable) as caught:
            send(f"https://inner.example.com:{witness.port}/")
    assert caught.value.message == Unreachable().message  # no word of what was found there
    assert witness.seen() == before


def test_a_resolver_that_changes_its_answer_is_asked_once(witness, monkeypatch):
    """The second answer would be this machine; the first is the one that is connected to."""
    before = witness.seen()
    with monkeypatch.context() as patch:
        asked = named(patch, PUBLIC, "127.0.0.1")
        reached = []
        patch.setattr(
            "urllib3.util.connection.create_connection",
            lambda where, *args, **kwargs: reached.append(where) or _refuse(),
        )
        with pytest.raises(Unreachable):
            send(f"https://rebinding.example.com:{witness.port}/")
    assert (asked, reached) == (["rebinding.example.com"], [(PUBLIC, witness.port)])
    assert witness.seen() == before


def _refuse():
    raise ConnectionRefusedError


def test_a_name_that_is_nowhere_and_one_that_leads_inside_answer_alike(monkeypatch):
    with pytest.raises(Unreachable) as nowhere:
        send("https://nothing.invalid/")
    named(monkeypatch, "10.0.0.1")
    with pytest.raises(Unreachable) as inside:
        send("https://inner.example.com/")
    assert nowhere.value.message == inside.value.message


@pytest.mark.parametrize(
    "url",
    ["https://example.com/hook", "https://example.com:8443/a?b=c#d", "https://93.184.215.14/",
     "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", "https://xn--nxasmq6b.example/"],
)  # fmt: skip
def test_a_public_address_is_taken(url):
    assert check_url(url) == url


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers by path: /204, /302 to the witness, /large, /slow-head, /slow-body."""

    target = ""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.headers = dict(self.headers)
        getattr(self, f"answer_{self.path.strip('/').replace('-', '_')}")()

    def answer_ok(self):
        self.send_response(204)
        self.end_headers()

    def answer_redirect(self):
        self.send_response(302)
        self.send_header("Location", self.server.target)
        self.end_headers()

    def answer_large(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b"x" * 65_536)

    def answer_slow_head(self):
        with contextlib.suppress(OSError):
            for _ in range(10_000):
                self.wfile.write(b"H")
                self.server.gone.wait(0.02)

    def answer_slow_body(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while not self.server.gone.wait(0.02):
                self.wfile.write(b"x")

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver(witness):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.target = f"http://127.0.0.1:{witness.port}/"
    server.gone = threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.gone.set()
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("_loopback")
def test_the_operator_may_allow_this_machine(receiver):
    answer = send(f"{receiver.url}/ok")
    assert (answer.status, answer.body) == (204, b"")
    assert receiver.headers["User-Agent"] == "Storyforge"
    assert "Cookie" not in receiver.headers


@pytest.mark.usefixtures("_loopback")
@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://example.com/", "https://10.0.0.1/"])
def test_allowing_this_machine_allows_no_other(url):
    with pytest.raises(AddressRefused):
        send(url, seconds=1.0)


@pytest.mark.usefixtures("_loopback")
def test_a_name_for_another_machine_is_not_sent_to_without_tls(monkeypatch):
    named(monkeypatch, PUBLIC)  # "localhost" of a broken resolver
    with pytest.raises(Unreachable):
        send("http://localhost:80/", seconds=1.0)


@pytest.mark.usefixtures("_loopback")
def test_a_redirect_is_an_answer(receiver, witness):
    before = witness.seen()
    assert send(f"{receiver.url}/redirect").status == 302
    assert witness.seen() == before


@pytest.mark.usefixtures("_loopback")
def test_an_endless_answer_is_cut(receiver):
    assert len(send(f"{receiver.url}/large").body) == outbound.MAX_ANSWER


@pytest.mark.usefixtures("_loopback", "no_hang")
def test_a_receiver_that_drips_is_hung_up_on(receiver):
    with pytest.raises(Unreachable):
        send(f"{receiver.url}/slow-head", seconds=0.3)


@pytest.mark.usefixtures("_loopback", "no_hang")
def test_the_status_counts_also_when_the_rest_never_comes(receiver):
    assert send(f"{receiver.url}/slow-body", seconds=0.3).status == 200


@pytest.mark.usefixtures("_loopback", "no_hang")
def test_a_receiver_that_says_nothing_is_hung_up_on():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable):
        send(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.3)


@pytest.mark.usefixtures("_loopback", "no_hang")
def test_a_handshake_that_drips_is_hung_up_on():
    def drip(server):
        accepted, _ = server.accept()
        with accepted, contextlib.suppress(OSError):
            accepted.sendall(b"\x16\x03\x03\x40\x00")  # the head of a record of 16 KB
            while True:
                accepted.sendall(b"\x02")
                threading.Event().wait(0.02)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        with pytest.raises(Unreachable):
            send(f"https://127.0.0.1:{server.getsockname()[1]}/", seconds=0.3)


@pytest.mark.usefixtures("_loopback", "no_hang")
def test_a_certificate_nobody_vouches_for_is_refused(tmp_path):
    received = []

    def serve(server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path))
        accepted, _ = server.accept()
        with contextlib.suppress(OSError), context.wrap_socket(accepted, server_side=True) as tls:
            received.append(tls.recv(1_000))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        with pytest.raises(Unreachable):
            send(f"https://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert received == []


def self_signed(folder):
    """A file with a key and a certificate for 127.0.0.1 that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "self-signed.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_proxies_of_the_environment_are_not_used(witness, monkeypatch):
    proxy = f"http://127.0.0.1:{witness.port}"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    before = witness.seen()
    with pytest.raises(Unreachable):
        send("https://nothing.invalid/", seconds=1.0)
    assert witness.seen() == before
