"""A name server of our own, on a loopback port."""

import asyncio
from collections.abc import Callable

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Answering = Callable[[dns.message.Message], dns.message.Message | None]


class NameServer(asyncio.DatagramProtocol):
    """Answers as a test tells it to."""

    def __init__(self) -> None:
        self.answer: Answering = dns.message.make_response
        self.questions: list[str] = []
        self._askers: dict[int, tuple[str, int]] = {}
        self.transport: asyncio.DatagramTransport | None = None

    @property
    def port(self) -> int:
        """Where it is."""
        assert self.transport is not None
        port: int = self.transport.get_extra_info("sockname")[1]
        return port

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Answer one question."""
        question = dns.message.from_wire(data)
        self.questions.append(str(question.question[0].name))
        self._askers[question.id] = address
        answer = self.answer(question)
        if answer is not None:
            self.send(answer)

    def send(self, answer: dns.message.Message) -> None:
        """Send an answer to whoever asked the question."""
        assert self.transport is not None
        self.transport.sendto(answer.to_wire(), self._askers[answer.id])


def with_records(name: str, *records: str) -> Answering:
    """An answer with these texts of a name, as they stand in a zone file."""

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


def with_addresses(*addresses: str, name: str | None = None) -> Answering:
    """An answer with those of the addresses that are of the kind that is asked for, of the name that is asked for."""

    def answer(question: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(question)
        response.flags |= dns.flags.RA
        asked = question.question[0]
        fitting = [each for each in addresses if (":" in each) is (asked.rdtype is dns.rdatatype.AAAA)]
        if fitting:
            kind = dns.rdatatype.to_text(asked.rdtype)
            response.answer.append(dns.rrset.from_text(name or str(asked.name), 60, "IN", kind, *fitting))
        return response

    return answer
