"""An OpenID provider of our own, which lies, breaks and dawdles as a test tells it to.

How to use it. The fixture `idp` (tests/conftest.py) gives one that runs over a real loopback port; `serving()` does
the same without pytest. Its issuer is `idp.issuer`; `idp.private_hosts` must be allowed, which `idp.gateways()` does.
What a settings page would save is `idp.draft()`, what a gateway gets is `idp.party(redirect_uri)`. A browser's way
through the provider is `idp.visit(url)`: it takes the URL to which Rollbook sent the browser, and gives the one to
which the provider sends it back (no page, no question: whoever comes is `idp.person`). A real browser can go there too.

    async with open_services(settings, idp.gateways()) as services:
        ...save idp.draft() as the connection, sign an admin in...
    idp.person = somebody("grace")                  # the next one who signs in; any claims at all
    idp.person["email_verified"] = False
    idp.changes["nonce"] = "another"                # a claim of the next ID tokens; LEFT_OUT takes it away
    idp.algorithm = "none"                          # or HS256 (with the public key as secret), PS256, ES256, EdDSA
    idp.kid = None                                  # no kid in the header; or any text
    idp.rotate(); idp.rotate(published=False)       # another key
    idp.answers_as = "https://other.test"           # the iss of the redirect (RFC 9207); None: none
    idp.announces_iss = False
    idp.refuses = "access_denied"                   # the redirect brings this error instead of a code
    idp.signed_in_at = datetime(...)                # auth_time; tells_auth_time = False leaves it out always
    idp.email_in_id_token = False                   # then only userinfo has it; userinfo_changes["sub"] = "another"
    idp.metadata["token_endpoint"] = "http://..."   # an entry of the discovery document; LEFT_OUT takes it away
    idp.instead["discovery"] = Reply(...)           # or huge(), redirecting(url), slow(seconds); see ENDPOINTS
    idp.seen                                        # what was asked: Seen(endpoint, parameters, headers)

What it holds Rollbook to, always: the client id and secret (invalid_client), a code that is used once (invalid_grant),
its redirect URI and its PKCE verifier (invalid_grant), `openid` among the scopes, S256, a state and a nonce.
"""

import asyncio
import base64
import contextlib
import functools
import hashlib
import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import uvicorn
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from rollbook.domain.roles import Role
from rollbook.domain.sso import ClientAuthentication, ConnectionDraft, Provider, RelyingParty
from rollbook.gateways.bundle import Gateways
from rollbook.gateways.opening import open_gateways
from rollbook.settings import Outside

LEFT_OUT: Any = object()
"""Stands for a claim, or an entry of the metadata, that is not there."""

ENDPOINTS = {
    "discovery": "/.well-known/openid-configuration",
    "authorization": "/authorize",
    "token": "/token",
    "keys": "/keys",
    "userinfo": "/userinfo",
    "end_session": "/sign-out",
}
_KINDS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}


@dataclass(frozen=True)
class Seen:
    """One request that the provider got."""

    endpoint: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What an endpoint answers instead of what it should; `wait` are the seconds before it does."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    wait: float = 0


def huge() -> Reply:
    """A megabyte of valid JSON."""
    return Reply(body=json.dumps({"padding": "x" * 1_000_000}).encode())


def redirecting(url: str) -> Reply:
    """A redirect."""
    return Reply(302, headers={"Location": url})


def slow(seconds: float) -> Reply:
    """An answer that is a long time in coming."""
    return Reply(body=b"{}", wait=seconds)


def somebody(name: str, domain: str = "acme.test") -> dict[str, Any]:
    """The claims of a person whose address is verified; the subject is made of the name."""
    return {
        "sub": f"subject-of-{name}",
        "email": f"{name}@{domain}",
        "email_verified": True,
        "name": f"{name.capitalize()} Example",
        "given_name": name.capitalize(),
        "family_name": "Example",
    }


@dataclass
class _Code:
    person: dict[str, Any]
    asked: dict[str, str]


class FakeIdp:
    """The provider and its script; see the module's text."""

    def __init__(
        self, issuer: str, *, client_id: str = "rollbook", client_secret: str = "the secret of: rollbook+%"
    ) -> None:
        self.issuer = issuer
        self.client_id, self.client_secret = client_id, client_secret
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.person = somebody("ada")
        self.changes: dict[str, Any] = {}
        self.userinfo_changes: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.instead: dict[str, Reply] = {}
        self.algorithm = "RS256"
        self.kid: str | None = LEFT_OUT
        self.answers_as: str | None = issuer
        self.announces_iss = True
        self.refuses: str | None = None
        self.signed_in_at: datetime | None = None
        self.tells_auth_time = True
        self.email_in_id_token = True
        self.publishes_kid = True
        self.seen: list[Seen] = []
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, dict[str, Any]] = {}
        self._generation = 0
        self._published = 0

    @property
    def private_hosts(self) -> frozenset[str]:
        """The hosts that Rollbook must be allowed to reach."""
        return frozenset({urlsplit(self.issuer).hostname or ""})

    def gateways(self) -> Gateways:
        """The real gateways, which may reach this provider."""
        return open_gateways(Outside(private_hosts=self.private_hosts))

    def party(
        self, redirect_uri: str = "https://rollbook.test/auth/sso/acme/callback", *, secret: str | None = None
    ) -> RelyingParty:
        """Rollbook as this provider knows it."""
        return RelyingParty(
            self.issuer, self.client_id, secret or self.client_secret, ClientAuthentication.BASIC, redirect_uri
        )

    def draft(self, *, jit_role: Role | None = None) -> ConnectionDraft:
        """What an admin enters to connect with this provider."""
        return ConnectionDraft(Provider.OTHER, self.issuer, self.client_id, self.client_secret, jit_role=jit_role)

    def asked(self, endpoint: str) -> list[Seen]:
        """What an endpoint was asked, oldest first."""
        return [seen for seen in self.seen if seen.endpoint == endpoint]

    def rotate(self, *, published: bool = True) -> None:
        """Sign with another key from now on; unless `published`, the key document still has the old one."""
        self._generation += 1
        if published:
            self._published = self._generation

    def visit(self, url: str) -> str:
        """What a browser does that is sent to the authorization endpoint: the URL to which it is sent back."""
        address = urlsplit(url)
        assert f"{address.scheme}://{address.netloc}{address.path}" == self.url_of("authorization")
        asked = _single(parse_qs(address.query, keep_blank_values=True, strict_parsing=True))
        self.seen.append(Seen("authorization", asked, {}))
        return self._authorize(asked)

    def url_of(self, endpoint: str) -> str:
        """The URL of one of ENDPOINTS."""
        return self.issuer.rstrip("/") + ENDPOINTS[endpoint]

    @property
    def app(self) -> Starlette:
        """The provider as an ASGI application, for an issuer of any host."""
        prefix = urlsplit(self.issuer).path.rstrip("/")
        answers = [getattr(self, f"_{name}") for name in ENDPOINTS]
        return Starlette(
            routes=[
                Route(prefix + path, self._door(name, answer), methods=["GET", "POST"])
                for (name, path), answer in zip(ENDPOINTS.items(), answers, strict=True)
            ]
        )

    def _door(self, name: str, answer: Callable[[dict[str, str], Request], Response]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            sent = (await request.body()).decode() if request.method == "POST" else request.url.query
            parameters = _single(parse_qs(sent, keep_blank_values=True))
            self.seen.append(Seen(name, parameters, dict(request.headers)))
            instead = self.instead.get(name)
            if instead is None:
                return answer(parameters, request)
            await asyncio.sleep(instead.wait)
            return Response(instead.body, instead.status, dict(instead.headers))

        return endpoint

    def _discovery(self, parameters: dict[str, str], request: Request) -> Response:
        metadata = {
            "issuer": self.issuer,
            "authorization_endpoint": self.url_of("authorization"),
            "token_endpoint": self.url_of("token"),
            "jwks_uri": self.url_of("keys"),
            "userinfo_endpoint": self.url_of("userinfo"),
            "end_session_endpoint": self.url_of("end_session"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": ["sub", "email", "email_verified", "name", *["auth_time"] * self.tells_auth_time],
            "authorization_response_iss_parameter_supported": self.announces_iss,
        }
        return JSONResponse(_changed(metadata, self.metadata))

    def _authorization(self, parameters: dict[str, str], request: Request) -> Response:
        return RedirectResponse(self._authorize(parameters), 303)

    def _authorize(self, asked: dict[str, str]) -> str:
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.client_id
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["state"]) >= 16
        assert len(asked["nonce"]) >= 16
        answer = {"state": asked["state"]}
        if self.refuses is None:
            code = secrets.token_urlsafe(16)
            self._codes[code] = _Code(dict(self.person), asked)
            answer["code"] = code
        else:
            answer |= {"error": self.refuses, "error_description": "The provider said no."}
        if self.answers_as is not None:
            answer["iss"] = self.answers_as
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def _token(self, parameters: dict[str, str], request: Request) -> Response:
        if not self._knows(parameters, request.headers.get("Authorization")):
            return _error(401, "invalid_client", "Client authentication failed.")
        if parameters.get("grant_type") != "authorization_code":
            return _error(400, "unsupported_grant_type", "Only authorization_code is.")
        code = self._codes.pop(parameters.get("code", ""), None)  # used once, whatever comes of it
        if code is None or parameters.get("redirect_uri") != code.asked["redirect_uri"]:
            return _error(400, "invalid_grant", "The code is not valid.")
        challenge = _base64url(hashlib.sha256(parameters.get("code_verifier", "").encode()).digest())
        if challenge != code.asked["code_challenge"]:
            return _error(400, "invalid_grant", "The code verifier is wrong.")
        access = secrets.token_urlsafe(16)
        self._access[access] = code.person
        id_token = self._signed(self._claims(code, access))
        return JSONResponse({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

    def _knows(self, parameters: dict[str, str], header: str | None) -> bool:
        if header is None:
            shown = parameters.get("client_id"), parameters.get("client_secret")
        else:  # RFC 6749 section 2.3.1: form-encoded, then joined
            name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
            shown = unquote_plus(name), unquote_plus(secret)
        return shown == (self.client_id, self.client_secret)

    def _claims(self, code: _Code, access: str) -> dict[str, Any]:
        moment = int(self.clock().timestamp())
        digest = hashlib.sha512 if self.algorithm == "EdDSA" else hashlib.sha256
        half = digest(access.encode()).digest()
        claims = {
            **code.person,
            "iss": self.issuer,
            "aud": self.client_id,
            "nonce": code.asked["nonce"],
            "iat": moment,
            "exp": moment + 300,
            "at_hash": _base64url(half[: len(half) // 2]),
        }
        if self.tells_auth_time:
            claims["auth_time"] = int(self.signed_in_at.timestamp()) if self.signed_in_at else moment
        if not self.email_in_id_token:
            claims = {name: value for name, value in claims.items() if not name.startswith("email")}
        return _changed(claims, self.changes)

    def _signed(self, claims: dict[str, Any]) -> str:
        payload = json.dumps(claims).encode()
        header: dict[str, Any] = {"alg": self.algorithm, "typ": "JWT"}
        kid = self._kid(self._generation) if self.kid is LEFT_OUT else self.kid
        if kid is not None:
            header["kid"] = kid
        signed = f"{_base64url(json.dumps(header).encode())}.{_base64url(payload)}"
        if self.algorithm == "none":
            return f"{signed}."
        if self.algorithm == "HS256":  # the old confusion: the public key as the secret of a MAC
            public = _key("RSA", self._generation).as_pem(private=False)
            return f"{signed}.{_base64url(hmac.digest(public, signed.encode(), 'sha256'))}"
        key = _key(_KINDS[self.algorithm], self._generation)
        if self.algorithm == "EdDSA":  # by hand: the library warns of the name, which providers still use
            return f"{signed}.{_base64url(key.private_key.sign(signed.encode()))}"
        return jws.serialize_compact(header, payload, key, [self.algorithm])

    def _kid(self, generation: int) -> str:
        return f"{_KINDS.get(self.algorithm, 'RSA')}-{generation}"

    def _keys(self, parameters: dict[str, str], request: Request) -> Response:
        keys = []
        for kind in ("RSA", "EC", "OKP"):
            public: dict[str, Any] = dict(_key(kind, self._published).as_dict(private=False))
            public.pop("kid", None)
            named = {"kid": f"{kind}-{self._published}"} if self.publishes_kid else {}
            keys.append(public | named | {"use": "sig"})
        return JSONResponse({"keys": keys})

    def _userinfo(self, parameters: dict[str, str], request: Request) -> Response:
        person = self._access.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if person is None:
            return _error(401, "invalid_token", "The access token is not valid.")
        return JSONResponse(_changed(person, self.userinfo_changes))

    def _end_session(self, parameters: dict[str, str], request: Request) -> Response:
        return RedirectResponse(parameters.get("post_logout_redirect_uri", self.issuer), 303)


@contextlib.contextmanager
def serving() -> Iterator[FakeIdp]:
    """A provider on a loopback port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        idp = FakeIdp(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with served(idp.app, listener):
            yield idp


@contextlib.contextmanager
def served(app: Any, listener: socket.socket, **options: Any) -> Iterator[None]:
    """An application behind a listening socket, in a thread; `options` are those of uvicorn."""
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", ws="none", loop="asyncio", **options
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the provider did not start"
        assert time.monotonic() < end, "the provider did not start in time"
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@functools.cache
def _key(kind: str, generation: int) -> Key:
    """A private key; made once for all tests, since an RSA key takes a while."""
    if kind == "RSA":
        return RSAKey.generate_key(2048)
    return ECKey.generate_key("P-256") if kind == "EC" else OKPKey.generate_key("Ed25519")


def _changed(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**values, **changes}.items() if value is not LEFT_OUT}


def _error(status: int, code: str, description: str) -> Response:
    return JSONResponse({"error": code, "error_description": description}, status)


def _single(values: Mapping[str, list[str]]) -> dict[str, str]:
    assert all(len(value) == 1 for value in values.values()), "a parameter came twice"
    return {name: value for name, (value,) in values.items()}


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
