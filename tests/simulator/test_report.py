"""What a simulation prints, on a terminal and elsewhere."""

import io
import re
from io import StringIO

import httpx
import pytest
from rich.console import Console

from rollbook.simulator.client import ServerUnreachable
from rollbook.simulator.okta import simulate_okta
from rollbook.simulator.okta_messages import OktaDialect
from rollbook.simulator.people import sample_people
from tests.simulator.conftest import Simulate
from tests.simulator.fake_server import BASE, TOKEN, FakeServer


async def play(console: Console, server: FakeServer, **options: bool) -> None:
    transport = httpx.ASGITransport(app=server)
    people = sample_people(2)
    url = f"http://fake.test{BASE}"
    await simulate_okta(
        url, TOKEN, people=people, dialect=OktaDialect.CATALOG, console=console, transport=transport, **options
    )


async def test_a_file_receives_one_plain_line_an_exchange_and_the_verdict(simulate: Simulate, output: StringIO):
    verdict = await simulate(FakeServer("Users"))

    lines = re.sub(r"\d+ ms|\d+\.\d s", "#", output.getvalue()).splitlines()
    assert "\x1b" not in output.getvalue()
    assert "\r" not in output.getvalue()
    assert lines[0] == "✓ GET /Users?startIndex=1&count=2 200 #  test the credentials  [O-10]"
    assert "✓ POST /Users 201 #  create ada.lindqvist@acme.test  [O-17]" in lines
    found = '✓ GET /Users?filter=userName eq "ada.lindqvist@acme.test" 200 #  find ada.lindqvist@acme.test  [O-30]'
    assert found in lines
    count = len(verdict.exchanges)
    assert lines.index("") == count
    assert lines[count + 1 : count + 4] == [
        "  test credentials                 5 passed",
        "  link groups                      2 passed",
        "  assign                          12 passed",
    ]
    assert lines[-3:] == [
        "Note: The server has no group Admins to link to.",
        "Note: The server creates no groups (501), so groups are linked by import.",
        f"✓ All {count} exchanges passed, in #.",
    ]


async def test_the_verdict_lists_each_failure_with_what_to_do(simulate: Simulate, output: StringIO):
    def spoil(method, path, status, body):
        return (409, {"detail": "Taken \x1b[31m by somebody."}) if status == 409 else (status, body)

    verdict = await simulate(FakeServer(spoil=spoil))

    lines = re.sub(r"\d+ ms|\d+\.\d s", "#", output.getvalue()).splitlines()
    start = max(index for index, line in enumerate(lines) if line.startswith("✗ POST"))
    assert lines[start : start + 4] == [
        "✗ POST /Users 409 #  create ada.lindqvist@acme.test again  [O-19]",
        '    expected  schemas with urn:ietf:params:scim:api:messages:2.0:Error; status "409" in the body; '
        "scimType uniqueness",
        "    came      null; null; null",
        "    do        Give every refusal a SCIM error body: the administrator reads its detail.",
    ]
    assert "  duplicate                        1 passed  1 failed" in lines
    assert lines[-1] == f"✗ 1 of {len(verdict.exchanges)} exchanges failed, in #."


async def test_what_a_server_says_cannot_steer_the_terminal(simulate: Simulate, output: StringIO):
    def spoil(method, path, status, body):
        return (400, {"detail": "\x1b[2J\u202egone\nx"}) if method == "POST" else (status, body)

    await simulate(FakeServer(spoil=spoil))

    assert 'status 400, "\\u001b[2J\\u202egone\\nx"' in output.getvalue()
    assert "\x1b" not in output.getvalue()
    assert "\u202e" not in output.getvalue()


async def test_many_failures_are_cut_to_twenty(simulate: Simulate, output: StringIO):
    def spoil(method, path, status, body):
        return (500, None) if method == "POST" else (status, body)

    await simulate(FakeServer(spoil=spoil), people=sample_people(30))

    assert output.getvalue().count("    came      status 500") == 20
    assert "... and 10 more." in output.getvalue()


async def test_quiet_leaves_only_the_verdict():
    output = StringIO()

    await play(Console(file=output, width=80), FakeServer(), quiet=True)

    assert "POST" not in output.getvalue()
    assert output.getvalue().startswith("\n  test credentials")


async def test_a_terminal_shows_progress_and_an_old_one_plain_words():
    output, raw = StringIO(), io.BytesIO()

    await play(Console(file=output, width=80, force_terminal=True, color_system=None), FakeServer())
    await play(Console(file=io.TextIOWrapper(raw, encoding="ascii", write_through=True), width=80), FakeServer())

    # the bar stands at its end, and is wiped away before the verdict
    assert re.search(r"unassign .*12/12 .*\x1b\[1A\x1b\[2K\n  test credentials", output.getvalue(), re.DOTALL)
    assert raw.getvalue().startswith(b"ok GET /Users?startIndex=1&count=2 200 ")


async def test_a_server_that_stops_answering_interrupts_the_simulation():
    class Stopping(httpx.ASGITransport):
        left = 10

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if not self.left:
                raise httpx.ConnectError("Connection refused", request=request)
            self.left -= 1
            return await super().handle_async_request(request)

    output = StringIO()
    playing = simulate_okta(
        f"http://fake.test{BASE}",
        TOKEN,
        people=sample_people(4),
        dialect=OktaDialect.CATALOG,
        console=Console(file=output, width=80),
        workers=3,
        transport=Stopping(app=FakeServer()),
    )

    with pytest.raises(ServerUnreachable, match=r"^http://fake\.test/scim/v2 does not answer: Connection refused$"):
        await playing

    assert "no answer" in output.getvalue()
    assert "exchanges failed, then it was interrupted, after" in output.getvalue()
