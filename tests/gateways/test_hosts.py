"""How hosts are looked up, and that one that is slow keeps nobody else waiting."""

import asyncio
import socket
import threading

import dns.message
import httpx
import pytest

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.dns import DnsResolver
from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.hosts import HostLookup

from .name_server import NameServer, with_addresses

PUBLIC = "192.0.43.8"


@pytest.fixture
def lookup(server: NameServer) -> HostLookup:
    return HostLookup(frozenset({"login.intern"}), DnsResolver(["127.0.0.1"], server.port))


@pytest.fixture
def no_threads(monkeypatch):
    """Fails if this machine is asked for a name, which takes a thread."""

    def asked(*arguments: object, **options: object) -> None:
        raise AssertionError("this machine was asked for a name")

    monkeypatch.setattr(socket, "getaddrinfo", asked)


async def test_a_host_whose_name_server_is_silent_keeps_no_other_waiting(server, lookup, no_threads):
    all_caught = asyncio.Event()

    def answer(question: dns.message.Message) -> dns.message.Message | None:
        if "tarpit" not in str(question.question[0].name):
            return with_addresses(PUBLIC)(question)
        if len(set(server.questions)) == 40:
            all_caught.set()
        return None

    server.answer = answer
    transport = httpx.MockTransport(lambda request: httpx.Response(204, stream=httpx.ByteStream(b"")))
    http = GuardedHttp(lookup=lookup, transport=transport)
    caught = [asyncio.create_task(http.get(f"https://t{n}.tarpit.test/", "The issuer")) for n in range(40)]
    await asyncio.wait_for(all_caught.wait(), 4)

    assert (await http.get("https://acme.example.com/", "The issuer")).status == 204
    assert not any(task.done() for task in caught)
    for task in caught:
        task.cancel()
    await asyncio.gather(*caught, return_exceptions=True)


async def test_a_host_that_many_ask_for_at_once_is_looked_up_once(server, lookup, no_threads):
    server.answer = with_addresses(PUBLIC)

    answers = await asyncio.gather(*(lookup("login.acme.test", 443) for _ in range(20)))

    assert answers == [[PUBLIC]] * 20
    assert server.questions == ["login.acme.test."] * 2  # one for each kind of address

    await lookup("login.acme.test", 443)
    assert len(server.questions) == 4


async def test_whoever_leaves_takes_no_lookup_from_those_who_wait(server, lookup):
    held: list[dns.message.Message] = []
    both_kinds = asyncio.Event()

    def hold(question: dns.message.Message) -> None:
        held.append(question)
        if len(held) == 2:
            both_kinds.set()

    server.answer = hold
    impatient, patient = (asyncio.create_task(lookup("login.acme.test", 443)) for _ in range(2))
    await asyncio.wait_for(both_kinds.wait(), 4)
    impatient.cancel()
    for question in held:
        server.send(with_addresses(PUBLIC)(question))

    assert await patient == [PUBLIC]
    assert impatient.cancelled()


async def test_the_time_limit_covers_the_lookup(server):
    server.answer = lambda question: None
    resolver = DnsResolver(["127.0.0.1"], server.port)
    http = GuardedHttp(lookup=HostLookup(frozenset(), resolver), seconds=0.2)

    with pytest.raises(ProviderFailed, match=r"did not answer within 0\.2 seconds"):
        await http.get("https://login.acme.test/", "The issuer")
    with pytest.raises(ProviderFailed, match=r"could not be looked up within 0\.2 seconds"):
        await http.reach("https://login.acme.test/", "The issuer")


async def test_every_address_that_dns_gives_has_to_be_a_public_one(server, lookup):
    server.answer = with_addresses(PUBLIC, "2606:4700::1111", "fd00:ec2::254")

    with pytest.raises(ProviderFailed, match="not on the public internet"):
        await GuardedHttp(lookup=lookup).reach("https://login.acme.test/", "The issuer")


async def test_a_host_that_dns_does_not_know_is_told(server, lookup):
    with pytest.raises(ProviderFailed, match=r"cannot be found in DNS: 'login\.acme\.test'"):
        await GuardedHttp(lookup=lookup).reach("https://login.acme.test/", "The issuer")


async def test_a_listed_host_is_found_as_this_machine_finds_it_and_once_at_a_time(server, lookup, monkeypatch):
    asked: list[str] = []
    release = threading.Event()

    def found(host: str, port: int, **options: object) -> list[tuple[object, ...]]:
        asked.append(host)
        release.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))] * 2

    monkeypatch.setattr(socket, "getaddrinfo", found)
    waiting = [asyncio.create_task(lookup("login.intern", 443)) for _ in range(20)]
    await asyncio.sleep(0)  # they have all begun
    release.set()

    assert await asyncio.gather(*waiting) == [["10.0.0.1"]] * 20
    assert (asked, server.questions) == (["login.intern"], [])
