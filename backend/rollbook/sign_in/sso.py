"""/auth/sso and /auth/find: the way to an organization's identity provider, and back."""

from typing import ClassVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from rollbook.domain.errors import SignInRefused
from rollbook.domain.organizations import is_handle
from rollbook.domain.sso import ATTEMPT_LIFETIME, ProviderAnswer, SignInProblem
from rollbook.domain.sso_checks import MAX_ISSUER
from rollbook.sign_in.doors import ATTEMPT, PageDoor, SignInDoor, text_in
from rollbook.web.requests import JsonObject, form_fields, json_response

_MOST_HINT = 320
"""Longer is no e-mail address."""


class Start(PageDoor):
    """Sends a browser to the organization's provider; also the initiate-login URI (OpenID Connect Core, section 4)."""

    methods: ClassVar[tuple[str, ...]] = ("GET", "POST")

    async def open(self, handle: str, request: Request, request_id: str) -> Response:
        """303 to the provider, with the attempt in a cookie; or to the page that asks who is signed in to another
        organization whether they want to leave it, as any site can send a browser here.
        """
        _require_handle(handle)
        if request.method == "POST":
            # with a form of another site no session's cookie comes; it does once the browser asks by GET
            wish = self._wish(await form_fields(request))
            return self.onward(f"/auth/sso/{handle}/start?{urlencode(wish)}", request_id)
        wish = self._wish(request.query_params.multi_items())
        departure = await self._services.sign_in.start(
            handle, issuer=wish.get("iss"), login_hint=wish.get("login_hint"), next_path=wish["next"]
        )
        if await self._services.sessions.is_elsewhere(self._browser.visitor(request, request_id), handle):
            asked = urlencode({"organization": handle, "switch": 1, "next": wish["next"]})
            return self.onward(f"/sign-in?{asked}", request_id)
        response = self.onward(departure.url, request_id)
        self._browser.carry(response, ATTEMPT, departure.attempt, ATTEMPT_LIFETIME)
        return response

    def _wish(self, fields: list[tuple[str, str]]) -> dict[str, str]:
        """What counts of the fields: `next`, and `iss` and `login_hint` if given; of what is there twice, the first."""
        given = dict(reversed(fields))
        wish = {"next": self._browser.path_here(given.get("next") or given.get("target_link_uri"))}
        if issuer := given.get("iss"):
            wish["iss"] = issuer[: MAX_ISSUER + 1]  # what is longer is no connection's
        hint = given.get("login_hint", "")
        if 0 < len(hint) <= _MOST_HINT and hint.isprintable():
            wish["login_hint"] = hint
        return wish


class Callback(PageDoor):
    """The redirect URI. A code works once, so that only a GET, and no HEAD of a link previewer, is taken."""

    methods: ClassVar[tuple[str, ...]] = ("GET",)
    ends_attempt = True

    async def open(self, handle: str, request: Request, request_id: str) -> Response:
        """303 to the page that the person wanted to see, with the session's cookie."""
        _require_handle(handle)
        attempt = self._browser.carried(request, ATTEMPT)
        if attempt is None:
            raise SignInRefused(
                "This sign-in is over, or another browser began it.", problem=SignInProblem.ATTEMPT_EXPIRED
            )
        answer = _answer(request)
        visitor = self._browser.visitor(request, request_id)
        with self._keeper.watching(request, answer.state or ""):
            arrival = await self._services.sign_in.finish(handle, attempt, answer, visitor)
        response = self.onward(arrival.next, request_id)
        self._browser.remember(response, arrival.secret)
        self._browser.drop(response, ATTEMPT)
        return response


class Find(SignInDoor):
    """Finds the organization that somebody wants to sign in to by what they typed."""

    gives_cookies = False

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the path that starts the sign-in, or null."""
        text = text_in(body, "text", like='{"text": "ada@acme.test"}', most=_MOST_HINT).strip()
        handle = await self._services.sign_in.find(text)
        url = None if handle is None else f"/auth/sso/{handle}/start"
        if url is not None and "@" in text:
            url += f"?{urlencode({'login_hint': text})}"
        return json_response({"url": url}, request_id=request_id)


class Again(SignInDoor):
    """Sends who is signed in to the provider, to show anew who they are."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the URL of the provider, and the attempt in a cookie."""
        actor = await self.signed_in(request, request_id)
        departure = await self._services.sign_in.start_again(actor, next_path=self._browser.path_here(_next(body)))
        return self.departed(departure, request_id)


class Link(SignInDoor):
    """Sends who is signed in to the provider, by which they will sign in from then on."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the URL of the provider, and the attempt in a cookie."""
        actor = await self.signed_in(request, request_id)
        departure = await self._services.sign_in.start_linking(actor, next_path=self._browser.path_here(_next(body)))
        return self.departed(departure, request_id)


def _require_handle(handle: str) -> None:
    if not is_handle(handle):
        raise SignInRefused("There is no such organization.", problem=SignInProblem.NO_SSO)


def _next(body: JsonObject) -> str | None:
    wanted = body.get("next")
    return wanted if isinstance(wanted, str) else None


def _answer(request: Request) -> ProviderAnswer:
    """The query as it came. Nothing may be there twice (RFC 6749 section 3.1)."""
    query = request.query_params
    for name in ("code", "state", "iss", "error"):
        if len(query.getlist(name)) > 1:
            raise SignInRefused("The provider's answer is ambiguous.", problem=SignInProblem.PROVIDER_FAILED)
    return ProviderAnswer(
        code=query.get("code"),
        state=query.get("state"),
        issuer=query.get("iss"),
        error=query.get("error"),
        error_description=query.get("error_description"),
    )
