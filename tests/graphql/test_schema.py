"""The schema as a document: complete, described, and equal to the published one."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from rollbook.domain import (
    actors,
    audit,
    criteria,
    invitations,
    jobs,
    memberships,
    policy,
    provisioning,
    roles,
    series,
    sessions,
    sso,
    tokens,
)
from rollbook.graphql import enums, log_enums
from rollbook.graphql.schema import sdl
from rollbook.graphql.series import TimeBucket
from tests.architecture.sources import ROOT

SCHEMA = build_schema(sdl())
OWN_TYPES = [
    named_type
    for named_type in SCHEMA.type_map.values()
    if not is_introspection_type(named_type) and not is_specified_scalar_type(named_type)
]


def _parts():
    for named_type in OWN_TYPES:
        yield named_type.name, named_type
        if isinstance(named_type, GraphQLEnumType):
            yield from ((f"{named_type.name}.{name}", value) for name, value in named_type.values.items())
        if isinstance(named_type, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in named_type.fields.items():
                yield f"{named_type.name}.{name}", field
                for argument, value in getattr(field, "args", {}).items():
                    yield f"{named_type.name}.{name}({argument}:)", value


def test_every_type_field_argument_and_value_is_described():
    silent = [name for name, part in _parts() if not (part.description or "").strip()]

    assert silent == []
    assert len(list(_parts())) > 200


def test_our_descriptions_are_sentences():
    # Node and its id are described by the library
    own = [(name, part) for name, part in _parts() if name != "Node" and not name.endswith(".id")]

    assert [name for name, part in own if not part.description.endswith((".", "?"))] == []


def test_the_published_schema_is_the_one_of_the_code():
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == sdl()


def test_each_mutation_takes_one_input_and_answers_with_its_own_union():
    mutations = {name: field for name, field in SCHEMA.mutation_type.fields.items() if name != "signOut"}

    shapes = {
        name: ([str(argument.type) for argument in field.args.values()], str(field.type))
        for name, field in mutations.items()
    }

    assert shapes == {
        name: ([f"{name[0].upper()}{name[1:]}Input!"], f"{name[0].upper()}{name[1:]}Result!") for name in mutations
    }


def test_each_result_is_one_success_and_otherwise_user_errors():
    unions = [named_type for named_type in OWN_TYPES if isinstance(named_type, GraphQLUnionType)]

    for union in unions:
        others = [member for member in union.types if SCHEMA.get_type("UserError") not in member.interfaces]
        assert [member.name for member in others] == [union.name.removesuffix("Result") + "Success"]
    assert len(unions) == len(SCHEMA.mutation_type.fields) - 1  # all but signOut


def test_objects_of_the_graph_are_nodes():
    nodes = SCHEMA.get_possible_types(SCHEMA.get_type("Node"))

    assert sorted(node.name for node in nodes) == [
        "ApiToken",
        "AuditEvent",
        "Group",
        "Invitation",
        "Job",
        "LoginDomain",
        "Member",
        "Organization",
        "Passkey",
        "ProvisioningRequest",
        "ScimToken",
        "Session",
        "SsoConnection",
        "User",
    ]


def test_what_another_organizations_object_could_stand_for_is_nullable():
    nullable = {
        name: not isinstance(SCHEMA.query_type.fields[name].type, GraphQLNonNull) for name in ("job", "member", "node")
    }

    assert nullable == {"job": True, "member": True, "node": True}


def test_enums_mirror_the_domain():
    mirrored = {
        TimeBucket: series.Bucket,
        enums.AuditAction: audit.AuditAction,
        enums.AuditActorKind: actors.ActorKind,
        enums.AuditChannel: actors.Channel,
        enums.BulkChange: jobs.BulkChange,
        enums.ClientAuthentication: sso.ClientAuthentication,
        enums.InvitationStatus: invitations.InvitationStatus,
        enums.JobKind: jobs.JobKind,
        enums.JobRowOutcome: jobs.RowOutcome,
        enums.JobStatus: jobs.JobStatus,
        enums.MailOutcome: invitations.MailOutcome,
        enums.MemberSource: memberships.Source,
        enums.Role: roles.Role,
        enums.MemberOrderField: criteria.OrderField,
        enums.SignInMethod: sessions.SignInMethod,
        enums.SsoProvider: sso.Provider,
        enums.SsoTestStatus: sso.FindingStatus,
        enums.SsoTestStep: sso.TestStep,
        enums.TokenDialect: tokens.Dialect,
        enums.TokenKind: tokens.TokenKind,
        enums.TokenStatus: tokens.TokenStatus,
        log_enums.ProvisioningClient: provisioning.ProvisioningClient,
        log_enums.ProvisioningOutcome: provisioning.ProvisioningOutcome,
    }

    for shown, meant in mirrored.items():
        assert {member.name: member.value for member in shown} == {member.name: member.value for member in meant}


def test_every_permission_that_the_api_can_meet_is_shown():
    shown = {permission.name: permission.value for permission in enums.Permission}

    # the operator's permission never comes through this door
    assert shown == {p.name: p.value for p in policy.Permission if p is not policy.Permission.OPERATE}
    assert {scope.name: scope.value for scope in enums.TokenScope} == {p.name: p.value for p in policy.API_SCOPES}
