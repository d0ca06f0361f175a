"""The table of permissions: who may do what, written out once more as the product rules have it."""

import dataclasses
from datetime import UTC, datetime

import pytest

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.errors import Forbidden
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.policy import API_SCOPES, DEFAULT_API_SCOPES, Permission, may, permissions_of, require, seen_by
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role

P = Permission
ORGANIZATION = "0198f2a4-7c1e-7b3a-9d42-5f0c6e8a1b2d"


def an_actor(kind: ActorKind, **rest) -> Actor:
    return Actor(kind, Channel.GRAPHQL, ORGANIZATION, "someone", **rest)


EVERY_SCOPE = {P.AUDIT_READ, P.MEMBERS_READ, P.MEMBERS_WRITE, P.ROLES_WRITE, P.SETTINGS_WRITE, P.TOKENS_WRITE}


@pytest.mark.parametrize(
    ("actor", "held"),
    [
        (an_actor(ActorKind.OPERATOR), set(Permission) - {P.ACCOUNT}),
        (
            an_actor(ActorKind.SESSION, role=Role.ADMIN),
            EVERY_SCOPE | {P.ACCOUNT, P.DIRECTORY_READ, P.ORGANIZATION_READ},
        ),
        (an_actor(ActorKind.SESSION, role=Role.USER), {P.ACCOUNT, P.DIRECTORY_READ, P.ORGANIZATION_READ}),
        (an_actor(ActorKind.SESSION), set()),
        (
            an_actor(ActorKind.SCIM_TOKEN),
            {P.DIRECTORY_READ, P.MEMBERS_READ, P.MEMBERS_WRITE, P.PROVISION, P.ROLES_WRITE},
        ),
        (an_actor(ActorKind.API_TOKEN), {P.ORGANIZATION_READ}),
        (
            an_actor(ActorKind.API_TOKEN, scopes=frozenset({"members:read"})),
            {P.DIRECTORY_READ, P.MEMBERS_READ, P.ORGANIZATION_READ},
        ),
        (
            an_actor(ActorKind.API_TOKEN, scopes=frozenset({"members:write"})),
            {P.MEMBERS_WRITE, P.ORGANIZATION_READ},
        ),
        (
            an_actor(ActorKind.API_TOKEN, scopes=frozenset(map(str, EVERY_SCOPE))),
            EVERY_SCOPE | {P.DIRECTORY_READ, P.ORGANIZATION_READ},
        ),
    ],
    ids=["operator", "admin", "user", "no role", "scim", "api without scopes", "api read", "api write", "api all"],
)
def test_an_actor_holds_what_its_credential_and_role_give_and_nothing_more(actor, held):
    assert permissions_of(actor) == held
    assert {permission for permission in Permission if may(actor, permission)} == held


def test_the_scopes_of_api_tokens_are_the_six_of_the_product_rules():
    assert (EVERY_SCOPE, {P.MEMBERS_READ}) == (API_SCOPES, DEFAULT_API_SCOPES)


@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_says_who_could(permission):
    with pytest.raises(Forbidden) as refusal:
        require(an_actor(ActorKind.SESSION), permission)

    assert len(refusal.value.message) > 20


def test_one_of_two_permissions_is_enough():
    actor = an_actor(ActorKind.API_TOKEN, scopes=frozenset({"members:write"}))

    require(actor, P.ROLES_WRITE, or_else=P.MEMBERS_WRITE)

    with pytest.raises(Forbidden):
        require(actor, P.ROLES_WRITE)


MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
ANN = Membership(
    id="0198f2a4-7c1e-7b3a-9d42-000000000001",
    organization_id=ORGANIZATION,
    user_id="0198f2a4-7c1e-7b3a-9d42-000000000002",
    user_name="ann@acme.test",
    external_id="00u1",
    email="ann@acme.test",
    name="Ann",
    active=True,
    grants=frozenset({Role.USER}),
    source=Source.SCIM,
    profile=Profile.of({"displayName": "Ann", "title": "Captain"}),
    version=3,
    created_at=MOMENT,
    updated_at=MOMENT,
)


@pytest.mark.parametrize(
    "actor",
    [
        an_actor(ActorKind.OPERATOR),
        an_actor(ActorKind.SESSION, role=Role.ADMIN),
        an_actor(ActorKind.SESSION, role=Role.USER, membership_id=ANN.id),
        an_actor(ActorKind.API_TOKEN, scopes=frozenset({"members:read"})),
        an_actor(ActorKind.SCIM_TOKEN),
    ],
    ids=["operator", "admin", "themselves", "api", "scim"],
)
def test_admins_tokens_and_the_member_themselves_see_all_of_a_member(actor):
    assert seen_by(actor, ANN) is ANN


def test_a_plain_user_sees_of_others_neither_user_name_nor_external_id_nor_profile():
    colleague = an_actor(ActorKind.SESSION, role=Role.USER, membership_id="0198f2a4-7c1e-7b3a-9d42-000000000009")

    assert seen_by(colleague, ANN) == dataclasses.replace(ANN, user_name="", external_id=None, profile=Profile())
