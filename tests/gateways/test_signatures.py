"""Which published keys are taken, and which are passed over."""

import base64
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.signatures import UnknownKey, read_keys, verify

RSA = RSAKey.generate_key(2048)
EC = ECKey.generate_key("P-256")
OKP = OKPKey.generate_key("Ed25519")


def public(key: Any, **more: Any) -> dict[str, Any]:
    """A key as a provider publishes it."""
    return dict(key.as_dict(private=False)) | more


def signed(key: Any, algorithm: str, **header: Any) -> str:
    """A token with one claim."""
    return jws.serialize_compact({"alg": algorithm, **header}, json.dumps({"sub": "ada"}), key, [algorithm])


@pytest.mark.parametrize(
    "entry",
    [
        public(RSA, use="enc"),
        public(RSA, key_ops=["encrypt"]),
        public(RSA, kty="RSB"),
        public(RSA, kty=["RSA"]),
        public(RSA, kid=7),
        public(RSA, alg="RS1"),
        public(RSA, alg={"RS256": 1}),
        public(RSA, n="AQAB"),
        public(RSA, n=7),
        public(RSA, n="!"),
        public(RSA, n=base64.urlsafe_b64encode(b"\xff" * 2000).decode().rstrip("=")),
        public(RSA, e=""),
        {"kty": "RSA", "e": "AQAB"},
        public(EC, crv="P-384"),
        public(EC, x="AAAA"),
        public(ECKey.generate_key("P-521")),
        public(OKPKey.generate_key("X25519")),
        public(OKPKey.generate_key("Ed448")),
        {"kty": "oct", "k": "AAAA"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"},
        {},
        7,
        None,
    ],
)
def test_a_key_that_cannot_be_used_is_passed_over(entry):
    assert read_keys({"keys": [entry]}) == ()
    assert len(read_keys({"keys": [entry, public(EC)]})) == 1


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": "RSA"}])
def test_a_document_without_a_list_of_keys_is_refused(document):
    with pytest.raises(ProviderFailed, match="no list of keys"):
        read_keys(document)


def test_the_private_part_of_a_key_and_its_certificates_are_not_taken():
    entry = dict(RSA.as_dict(private=True)) | {"x5c": "no list", "x5t": 7, "kid": "1"}

    (key,) = read_keys({"keys": [entry]})

    assert key.key.is_private is False
    assert verify(signed(RSA, "RS256", kid="1"), [key]) == ("RS256", {"sub": "ada"})


def test_a_key_verifies_only_the_algorithm_that_it_is_for():
    keys = read_keys({"keys": [public(RSA, alg="PS256", kid="1")]})

    assert verify(signed(RSA, "PS256", kid="1"), keys)[0] == "PS256"
    with pytest.raises(UnknownKey):
        verify(signed(RSA, "RS256", kid="1"), keys)


@pytest.mark.parametrize("meant", ["EdDSA", "Ed25519", None])
def test_both_names_of_edwards_curves_are_understood(meant):
    keys = read_keys({"keys": [public(OKP, **({"alg": meant} if meant else {}))]})

    assert verify(signed(OKP, "Ed25519"), keys) == ("Ed25519", {"sub": "ada"})


def test_header_parameters_that_are_not_understood_are_ignored():
    header = {"alg": "ES256", "x-own": 1, "x5c": ["A" * 3000]}
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    token = jws.serialize_compact(header, b'{"sub": "ada"}', EC, registry=registry)

    assert verify(token, read_keys({"keys": [public(EC)]}))[1] == {"sub": "ada"}


@pytest.mark.parametrize("header", [{"crit": ["b64"], "b64": False}, {"crit": []}, {"crit": ["exp"], "exp": 1}])
def test_an_extension_that_is_insisted_on_is_refused(header):
    head = base64.urlsafe_b64encode(json.dumps({"alg": "ES256", **header}).encode()).decode().rstrip("=")
    _, payload, signature = signed(EC, "ES256").split(".")

    with pytest.raises(ProviderFailed, match="not a signed token"):
        verify(f"{head}.{payload}.{signature}", read_keys({"keys": [public(EC)]}))


def test_a_key_that_comes_with_the_token_is_not_believed():
    stranger = ECKey.generate_key("P-256")

    with pytest.raises(ProviderFailed, match="does not publish"):
        verify(signed(stranger, "ES256", jwk=public(stranger)), read_keys({"keys": [public(EC)]}))


def test_a_secret_of_a_mac_is_no_key():
    keys = read_keys({"keys": [public(RSA)]})
    token = signed(OctKey.import_key("a secret that both know, of thirty-two"), "HS256")

    with pytest.raises(ProviderFailed, match="algorithm that is not accepted"):
        verify(token, keys)


@pytest.mark.parametrize("payload", ["[]", "7", "null", "no json", "[" * 50_000])
def test_claims_that_are_no_object_are_refused(payload):
    token = jws.serialize_compact({"alg": "ES256"}, payload, EC, ["ES256"])

    with pytest.raises(ProviderFailed, match="no JSON object"):
        verify(token, read_keys({"keys": [public(EC)]}))


def test_a_changed_claim_breaks_the_signature():
    head, _, signature = signed(EC, "ES256", kid="1").split(".")
    other = base64.urlsafe_b64encode(b'{"sub": "grace"}').decode().rstrip("=")

    with pytest.raises(ProviderFailed, match="signature of the ID token is wrong"):
        verify(f"{head}.{other}.{signature}", read_keys({"keys": [public(EC, kid="1")]}))
