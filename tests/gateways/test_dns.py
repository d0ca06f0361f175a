"""What is read from DNS, of a name server of our own."""

import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.dns import DnsResolver

from .name_server import NameServer, with_addresses, with_code, with_records

NAME = "_rollbook-challenge.acme.test."
HOST = "login.acme.test"


@pytest.fixture
def resolver(server: NameServer) -> DnsResolver:
    return DnsResolver(["127.0.0.1"], server.port, seconds=1)


async def test_the_texts_of_all_records_are_read_each_in_one_piece(server, resolver):
    server.answer = with_records(NAME, '"v=spf1 -all"', '"rollbook-" "verification=abc"', '""')

    assert sorted(await resolver.txt(NAME)) == ["", "rollbook-verification=abc", "v=spf1 -all"]
    assert server.questions == [NAME]


async def test_a_name_is_asked_as_it_is_and_nothing_is_added_to_it(server, resolver):
    server.answer = with_code(dns.rcode.NXDOMAIN)

    assert await resolver.txt(NAME.rstrip(".")) == []
    assert server.questions == [NAME]


async def test_a_record_that_is_no_text_does_not_break_the_others(server, resolver):
    server.answer = with_records(NAME, r'"\255\254"', '"rollbook-verification=abc"')

    assert "rollbook-verification=abc" in await resolver.txt(NAME)


async def test_an_alias_is_followed(server, resolver):
    def answer(question: dns.message.Message) -> dns.message.Message:
        response = with_records("elsewhere.test.", '"there"')(question)
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


async def test_the_addresses_of_both_kinds_are_found_in_turn_under_the_name_as_it_is(server, resolver):
    server.answer = with_addresses("192.0.43.8", "192.0.43.9", "192.0.43.10", "2606:4700::1111")

    found = await resolver.addresses(HOST)

    assert (set(found[:2]), len(found)) == ({found[0], "2606:4700::1111"}, 4)
    assert set(found) == {"192.0.43.8", "192.0.43.9", "192.0.43.10", "2606:4700::1111"}
    assert server.questions == [f"{HOST}."] * 2


async def test_the_addresses_of_an_alias_are_those_that_it_leads_to(server, resolver):
    def answer(question: dns.message.Message) -> dns.message.Message:
        response = with_addresses("192.0.43.8", name="elsewhere.test.")(question)
        response.answer.insert(0, dns.rrset.from_text(f"{HOST}.", 60, "IN", "CNAME", "elsewhere.test."))
        return response

    server.answer = answer

    assert await resolver.addresses(HOST) == ["192.0.43.8"]


async def test_a_host_that_is_not_there_has_no_address(server, resolver):
    assert await resolver.addresses(HOST) == []

    server.answer = with_code(dns.rcode.NXDOMAIN)
    assert await resolver.addresses(HOST) == []


async def test_a_name_server_that_knows_one_kind_of_address_is_enough(server, resolver):
    def answer(question: dns.message.Message) -> dns.message.Message:
        if question.question[0].rdtype is dns.rdatatype.AAAA:
            return with_code(dns.rcode.SERVFAIL)(question)
        return with_addresses("192.0.43.8")(question)

    server.answer = answer
    assert await resolver.addresses(HOST) == ["192.0.43.8"]

    server.answer = with_code(dns.rcode.SERVFAIL)
    with pytest.raises(ProviderFailed, match=r"no valid answer for 'login\.acme\.test'"):
        await resolver.addresses(HOST)
