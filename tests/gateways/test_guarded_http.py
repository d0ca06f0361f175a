"""What may be asked over HTTP when somebody else chose the URL, and what is taken for an answer."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.guarded_http import MAX_BODY, GuardedHttp, Lookup
from tests.fake_idp import served

from .certificates import a_certificate

PUBLIC = "192.0.43.8"


def always(*addresses: str) -> Lookup:
    """Says that every host has these addresses."""

    async def lookup(host: str, port: int) -> list[str]:
        return list(addresses)

    return lookup


async def echo(request: Request) -> Response:
    """What a request looked like when it came."""
    return JSONResponse(
        {"method": request.method, "headers": dict(request.headers), "body": (await request.body()).decode()},
        headers={"Set-Cookie": "theirs=1"},
    )


async def unmeasured(request: Request) -> Response:
    """A megabyte that does not say how long it is."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    return StreamingResponse(chunks())


async def exact(request: Request) -> Response:
    """As many bytes as the path says."""
    return Response(b"x" * int(request.path_params["size"]))


ROUTES = [
    Route("/echo", echo, methods=["GET", "POST"]),
    Route("/unmeasured", unmeasured),
    Route("/exact/{size}", exact),
]


@contextmanager
def a_server(**options: object) -> Iterator[int]:
    """A server on a loopback port: the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener, served(Starlette(routes=ROUTES), listener, **options):
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with a_server() as port:
        yield port


@pytest.fixture
def here() -> GuardedHttp:
    """May ask this machine."""
    return GuardedHttp(frozenset({"127.0.0.1"}))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "login.example.com",
        "//login.example.com",
        "https://",
        "https:///path",
        "https://login.example.com/a b",
        "https://login.example.com/\n",
        "https://login.example.com\\@127.0.0.1/",
        "https://login.example.com/#fragment",
        "https://user@login.example.com/",
        "https://:password@login.example.com/",
        "https://login.example.com:99999/",
        "https://lo\u0261in.example.com/",
        "https://[::1",
        "http://login.example.com/",
        "http://127.0.0.1/",
        "ftp://login.example.com/",
        "gopher://login.example.com/",
        "file:///etc/passwd",
        "https://login.example.com:22/",
        "https://login.example.com:0/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST/",
    ],
)
async def test_a_url_that_nobody_should_ask_is_asked_nothing(url):
    async def lookup(host: str, port: int) -> list[str]:
        raise AssertionError("it was looked up")

    http = GuardedHttp(lookup=lookup)

    for asking in (
        http.get(url, "The issuer"),
        http.post(url, "The issuer", {}, headers={}),
        http.reach(url, "The issuer"),
    ):
        with pytest.raises(ProviderFailed, match=r"^The issuer "):
            await asking


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "a.0x7f", "127.0.0.1.", "1.2.3"])
async def test_another_way_to_write_an_address_is_no_way_in(host):
    async def lookup(host: str, port: int) -> list[str]:
        raise AssertionError("it was looked up")

    with pytest.raises(ProviderFailed, match=r"not on the public internet|is not a URL"):
        await GuardedHttp(lookup=lookup).get(f"https://{host}/", "The issuer")


@pytest.mark.parametrize(("host", "address"), [("192.0.43.8", "192.0.43.8"), ("[2606:4700::1111]", "2606:4700::1111")])
async def test_a_host_that_is_an_address_is_not_looked_up(host, address):
    async def lookup(host: str, port: int) -> list[str]:
        raise AssertionError("it was looked up")

    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(204, stream=httpx.ByteStream(b""))

    http = GuardedHttp(lookup=lookup, transport=httpx.MockTransport(answer))

    assert (await http.get(f"https://{host}/", "The issuer")).status == 204
    assert asked == [address]


async def test_a_host_without_an_address_is_told():
    with pytest.raises(ProviderFailed, match=r"cannot be found in DNS: 'login\.example\.com'"):
        await GuardedHttp(lookup=always()).get("https://login.example.com/", "The issuer")


@pytest.mark.parametrize("addresses", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1", PUBLIC], ["169.254.169.254"]])
async def test_a_name_that_leads_inside_is_not_followed(addresses):
    with pytest.raises(ProviderFailed, match="not on the public internet") as refusal:
        await GuardedHttp(lookup=always(*addresses)).get("https://login.example.com/", "The issuer")

    assert not any(address in refusal.value.message for address in addresses)


async def test_a_name_that_is_not_known_is_told():
    async def lookup(host: str, port: int) -> list[str]:
        raise socket.gaierror("not known")

    with pytest.raises(ProviderFailed, match=r"cannot be found in DNS: 'login\.example\.com'"):
        await GuardedHttp(lookup=lookup).get("https://login.example.com/", "The issuer")


async def test_a_listed_host_is_reached_by_plain_http_only_on_this_machine():
    http = GuardedHttp(frozenset({"login.intern"}), lookup=always("10.0.0.1"))

    with pytest.raises(ProviderFailed, match="its host is not this machine"):
        await http.get("http://login.intern/", "The issuer")

    await http.reach("https://login.intern/", "The issuer")


async def test_a_listed_host_opens_no_other(port):
    http = GuardedHttp(frozenset({"localhost"}))

    with pytest.raises(ProviderFailed, match="has to be an https URL"):
        await http.get(f"http://127.0.0.1:{port}/echo", "The issuer")


async def test_what_is_sent_is_little(here, port):
    answer = (await here.get(f"http://127.0.0.1:{port}/echo", "The issuer")).json("The answer")

    assert answer["headers"] == {
        "host": f"127.0.0.1:{port}",
        "user-agent": "rollbook",
        "accept": "application/json",
        "accept-encoding": "identity",
        "connection": answer["headers"]["connection"],
    }


async def test_a_form_is_posted(here, port):
    answer = await here.post(f"http://127.0.0.1:{port}/echo", "The endpoint", {"a": "1&2"}, headers={"X-Mine": "3"})

    seen = answer.json("The answer")
    assert (seen["method"], seen["body"], seen["headers"]["x-mine"]) == ("POST", "a=1%262", "3")


async def test_cookies_are_not_kept(here, port):
    await here.get(f"http://127.0.0.1:{port}/echo", "The issuer")

    again = (await here.get(f"http://127.0.0.1:{port}/echo", "The issuer")).json("The answer")

    assert "cookie" not in again["headers"]


async def test_the_proxy_of_the_environment_is_not_asked(here, port, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert (await here.get(f"http://127.0.0.1:{port}/echo", "The issuer")).status == 200


async def test_an_answer_may_have_so_many_bytes_and_no_more(here, port):
    whole = await here.get(f"http://127.0.0.1:{port}/exact/{MAX_BODY}", "The document")
    assert len(whole.body) == MAX_BODY

    for path in (f"exact/{MAX_BODY + 1}", "unmeasured"):
        with pytest.raises(ProviderFailed, match="more than 256 kB"):
            await here.get(f"http://127.0.0.1:{port}/{path}", "The document")


async def test_an_answer_that_drips_is_not_waited_for():
    hung_up = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while not reader.at_eof():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass
        writer.close()
        hung_up.set()

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(ProviderFailed, match=r"did not answer within 0\.3 seconds"):
            await GuardedHttp(frozenset({"127.0.0.1"}), seconds=0.3).get(url, "The document")
        await asyncio.wait_for(hung_up.wait(), 5)


async def test_what_is_no_http_is_told():
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(ProviderFailed, match="it was not HTTP"):
            await GuardedHttp(frozenset({"127.0.0.1"})).get(url, "The document")


async def test_another_address_is_tried_if_one_does_not_take_the_connection(port):
    http = GuardedHttp(frozenset({"login.intern"}), lookup=always("::1", "127.0.0.1"))

    answer = (await http.get(f"http://login.intern:{port}/echo", "The issuer")).json("The answer")

    assert answer["headers"]["host"] == f"login.intern:{port}"


async def test_a_host_is_looked_up_once_and_the_checked_address_is_the_one_that_is_asked(port):
    """A name that leads outside when it is checked, and inside when it is connected to (DNS rebinding)."""
    asked = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["::1"]

    http = GuardedHttp(frozenset({"login.intern"}), lookup=lookup)

    assert (await http.get(f"http://login.intern:{port}/echo", "The issuer")).status == 200
    assert asked == ["login.intern"]


async def test_the_certificate_has_to_be_the_names_and_not_the_addresss(tmp_path):
    certificate, key = a_certificate(tmp_path, "login.intern")
    trust = ssl.create_default_context(cafile=certificate)
    names = frozenset({"login.intern", "other.intern"})
    http = GuardedHttp(names, lookup=always("127.0.0.1"), trust=trust)
    with a_server(ssl_certfile=str(certificate), ssl_keyfile=str(key)) as port:
        assert (await http.get(f"https://login.intern:{port}/echo", "The issuer")).status == 200

        with pytest.raises(ProviderFailed, match=r"certificate is not valid \(Hostname mismatch"):
            await http.get(f"https://other.intern:{port}/echo", "The issuer")

        distrustful = GuardedHttp(names, lookup=always("127.0.0.1"))
        with pytest.raises(ProviderFailed, match="certificate is not valid"):
            await distrustful.get(f"https://login.intern:{port}/echo", "The issuer")


async def test_what_speaks_no_tls_is_told(port):
    http = GuardedHttp(frozenset({"login.intern"}), lookup=always("127.0.0.1"))

    with pytest.raises(ProviderFailed, match="does not speak TLS"):
        await http.get(f"https://login.intern:{port}/echo", "The issuer")
