"""What is read from DNS, of a name server of our own."""

import asyncio
from collections.abc import AsyncIterator, Callable

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.dns import DnsResolver

NAME = "_rollbook-challenge.acme.test."

Answering = Callable[[dns.message.Message], dns.message.Message | None]


class NameServer(asyncio.DatagramProtocol):
    """Answers as a test tells it to."""

    def __init__(self) -> None:
        self.answer: Answering = dns.message.make_response
        self.questions: list[str] = []
        self.transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Answer one question."""
        question = dns.message.from_wire(data)
        self.questions.append(str(question.question[0].name))
        answer = self.answer(question)
        if answer is not None and self.transport is not None:
            self.transport.sendto(answer.to_wire(), address)


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    server.transport = transport
    yield server
    transport.close()


@pytest.fixture
def resolver(server: NameServer) -> DnsResolver:
    assert server.transport is not None
    return DnsResolver(["127.0.0.1"], server.transport.get_extra_info("sockname")[1], seconds=1)


def with_records(*records: str, name: str = NAME) -> Answering:
    """An answer with these records, as they stand in a zone file."""

    def answer(question: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(question)
        response.flags |= dns.flags.RA
        response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *records))
        return response

    return answer


def with_code(code: dns.rcode.Rcode) -> Answering:
    """An answer that says no in this way."""

    def answer(question: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(question)
        response.set_rcode(code)
        return response

    return answer


async def test_the_texts_of_all_records_are_read_each_in_one_piece(server, resolver):
    server.answer = with_records('"v=spf1 -all"', '"rollbook-" "verification=abc"', '""')

    assert sorted(await resolver.txt(NAME)) == ["", "rollbook-verification=abc", "v=spf1 -all"]
    assert server.questions == [NAME]


async def test_a_name_is_asked_as_it_is_and_nothing_is_added_to_it(server, resolver):
    server.answer = with_code(dns.rcode.NXDOMAIN)

    assert await resolver.txt(NAME.rstrip(".")) == []
    assert server.questions == [NAME]


async def test_a_record_that_is_no_text_does_not_break_the_others(server, resolver):
    server.answer = with_records(r'"\255\254"', '"rollbook-verification=abc"')

    assert "rollbook-verification=abc" in await resolver.txt(NAME)


async def test_an_alias_is_followed(server, resolver):
    def answer(question: dns.message.Message) -> dns.message.Message:
        response = with_records('"there"', name="elsewhere.test.")(question)
        response.answer.insert(0, dns.rrset.from_text(NAME, 60, "IN", "CNAME", "elsewhere.test."))
        return response

    server.answer = answer

    assert await resolver.txt(NAME) == ["there"]


async def test_no_name_and_no_record_are_both_nothing(server, resolver):
    assert await resolver.txt(NAME) == []

    server.answer = with_code(dns.rcode.NXDOMAIN)
    assert await resolver.txt(NAME) == []


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.YXDOMAIN])
async def test_a_name_server_that_fails_proves_nothing(server, resolver, code):
    server.answer = with_code(code)

    with pytest.raises(ProviderFailed, match="DNS"):
        await resolver.txt(NAME)


async def test_a_name_server_that_is_silent_is_not_waited_for(server, resolver):
    server.answer = lambda question: None

    with pytest.raises(ProviderFailed, match="DNS did not answer within 1 seconds"):
        await resolver.txt(NAME)


@pytest.mark.parametrize("name", ["a..test", "x" * 64 + ".test", ".".join(["x" * 60] * 5), "\ud800.test"])
async def test_what_is_no_name_is_not_asked(server, resolver, name):
    with pytest.raises(ProviderFailed, match="no valid answer"):
        await resolver.txt(name)

    assert server.questions == []


async def test_a_machine_without_name_servers_is_told(monkeypatch):
    def read(self: dns.resolver.BaseResolver, file: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", read)

    with pytest.raises(ProviderFailed, match="knows no name servers"):
        await DnsResolver().txt(NAME)
