"""Every mutation in one list."""

import strawberry

from rollbook.graphql import (
    bulk,
    invitations,
    jobs,
    login_domains,
    member_changes,
    organization_changes,
    passkeys,
    session_changes,
    sso_changes,
    token_changes,
    viewer,
)


@strawberry.type(
    description="What can be changed. Each answers with a union: success, or a refusal that is a UserError."
)
class Mutation:
    """The root of every mutation; the fields of one operation run one after another, each in its own transaction."""

    add_member = strawberry.mutation(
        resolver=member_changes.add_member,
        description="Adds a person by e-mail: creates the member, or gives an inactive one access again. "
        "An address that belongs to an account outside the organization is refused, unless its domain is proven.",
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
    bulk_update_members = strawberry.mutation(
        resolver=bulk.bulk_update_members,
        description="Does the same with up to 500 members, as a job. Each is changed, or refused, on its own.",
    )
    import_members = strawberry.mutation(
        resolver=bulk.import_members,
        description="Adds the people of a CSV text, as a job. Each is added, or refused, as addMember does; who is an "
        "active member already is left UNCHANGED.",
    )
    cancel_job = strawberry.mutation(
        resolver=jobs.cancel_job,
        description="Stops a job before its next row. What was done stays done.",
    )
    invite_member = strawberry.mutation(
        resolver=invitations.invite_member,
        description="Invites a person by a one-time link, which is in this answer and the e-mail only. It is the only "
        "way in for an address that belongs to an account outside the organization, unless its domain is proven.",
    )
    resend_invitation = strawberry.mutation(
        resolver=invitations.resend_invitation,
        description="Gives an invitation that nobody has accepted a new link and a new expiry. The old link is dead.",
    )
    revoke_invitation = strawberry.mutation(
        resolver=invitations.revoke_invitation,
        description="Revokes an invitation: nobody can join by it any more. Who has joined stays a member.",
    )
    generate_scim_token = strawberry.mutation(
        resolver=token_changes.generate_scim_token,
        description="Generates a token for an identity provider. The answer is the only place that shows its secret.",
    )
    generate_api_token = strawberry.mutation(
        resolver=token_changes.generate_api_token,
        description="Generates a token for a program that uses this API. The answer is the only place that shows its "
        "secret. It can be given only what you hold yourself.",
    )
    rotate_token = strawberry.mutation(
        resolver=token_changes.rotate_token,
        description="Generates a token that takes over from another one, which works on until the overlap is over.",
    )
    update_token = strawberry.mutation(
        resolver=token_changes.update_token,
        description="Changes what a token is called, how its requests are read, or what it may do. The secret stays.",
    )
    revoke_token = strawberry.mutation(
        resolver=token_changes.revoke_token,
        description="Revokes a token: it fails from its next request on. The members stay.",
    )
    update_organization = strawberry.mutation(
        resolver=organization_changes.update_organization,
        description="Changes the organization's name and settings.",
    )
    leave_organization = strawberry.mutation(
        resolver=organization_changes.leave_organization,
        description="Ends your own membership, and with it this session. An API token cannot leave.",
    )
    save_sso_connection = strawberry.mutation(
        resolver=sso_changes.save_sso_connection,
        description="Sets up single sign-on, or changes it; needs the permission ROLES_WRITE too. Another issuer or "
        "client must be passed by an admin anew, and is not enforced.",
    )
    test_sso_connection = strawberry.mutation(
        resolver=sso_changes.test_sso_connection,
        description="Tries a connection to an identity provider step by step, and changes nothing.",
    )
    enforce_sso = strawberry.mutation(
        resolver=sso_changes.enforce_sso,
        description="Makes single sign-on the only way in, or opens the others again. Admins' passkeys and the "
        "operator's links stay open; sessions that came through a door that is closed end.",
    )
    remove_sso_connection = strawberry.mutation(
        resolver=sso_changes.remove_sso_connection,
        description="Takes single sign-on away, with everybody's identity and the sessions that came through it.",
    )
    unlink_identity = strawberry.mutation(
        resolver=sso_changes.unlink_identity,
        description="Cuts a member's tie to their identity at the provider, and ends their SSO sessions. "
        "An admin's takes the permission ROLES_WRITE as well.",
    )
    add_login_domain = strawberry.mutation(
        resolver=login_domains.add_login_domain,
        description="Lists a domain of e-mail addresses as your organization's. It counts once it is proven.",
    )
    prove_login_domain = strawberry.mutation(
        resolver=login_domains.prove_login_domain,
        description="Looks for the TXT record that proves a login domain. Repeat it until DNS tells of the record.",
    )
    remove_login_domain = strawberry.mutation(
        resolver=login_domains.remove_login_domain,
        description="Takes a login domain off the list. Who is a member stays one.",
    )
    revoke_session = strawberry.mutation(
        resolver=session_changes.revoke_session,
        description="Ends a session, your own or, with the permission MEMBERS_WRITE, anybody's in your organization. "
        "Another admin's takes ROLES_WRITE as well.",
    )
    revoke_member_sessions = strawberry.mutation(
        resolver=session_changes.revoke_member_sessions,
        description="Ends all sessions of a member in your organization. They may sign in anew. "
        "Another admin's take the permission ROLES_WRITE as well.",
    )
    revoke_other_sessions = strawberry.mutation(
        resolver=session_changes.revoke_other_sessions,
        description="Ends all your own sessions in your organization but the one of this request.",
    )
    remove_passkey = strawberry.mutation(
        resolver=passkeys.remove_passkey, description="Removes one of your own passkeys; it opens nothing any more."
    )
    sign_out = strawberry.mutation(
        resolver=viewer.sign_out,
        description="Ends the session of this request. A page should use POST /auth/sign-out, which clears the cookie.",
    )
