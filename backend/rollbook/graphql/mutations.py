"""Every mutation in one list."""

import strawberry

from rollbook.graphql import member_changes, tokens, viewer


@strawberry.type(
    description="What can be changed. Each answers with a union: success, or a refusal that is a UserError."
)
class Mutation:
    """The root of every mutation; the fields of one operation run one after another, each in its own transaction."""

    add_member = strawberry.mutation(
        resolver=member_changes.add_member,
        description="Adds a person by e-mail: creates the member, or gives an inactive one access again. "
        "An address that belongs to an account outside the organization is refused.",
    )
    set_member_role = strawberry.mutation(
        resolver=member_changes.set_member_role,
        description="Sets what a member may do. For a provisioned member the identity provider may change it again.",
    )
    update_member = strawberry.mutation(
        resolver=member_changes.update_member,
        description="Changes the name or the e-mail of a member. Of a provisioned member they change in the provider.",
    )
    deactivate_member = strawberry.mutation(
        resolver=member_changes.deactivate_member,
        description="Takes a member's access away at once and keeps the membership, its id and its grants.",
    )
    reactivate_member = strawberry.mutation(
        resolver=member_changes.reactivate_member,
        description="Gives an inactive member access again, with the grants that they kept.",
    )
    remove_member = strawberry.mutation(
        resolver=member_changes.remove_member,
        description="Ends a membership for good: out of every list, its id never used again. The person stays.",
    )
    generate_scim_token = strawberry.mutation(
        resolver=tokens.generate_scim_token,
        description="Generates a token for an identity provider. The answer is the only place that shows its secret.",
    )
    revoke_scim_token = strawberry.mutation(
        resolver=tokens.revoke_scim_token,
        description="Revokes a token: it fails from its next request on. The members stay.",
    )
    sign_out = strawberry.mutation(
        resolver=viewer.sign_out,
        description="Ends the session of this request. A page should use POST /auth/sign-out, which clears the cookie.",
    )
