"""The doors at /auth, the downloads at /exports, and who may open them.

The words are HTTP statuses, `again` and `idle` as in `asking`, and

`expired`   the attempt is over: nothing that this browser began fits the answer
`no_sso`    the organization has no provider
`switch`    signed in to another organization: the page asks whether to leave it
`unlinked`  the member is not known at the provider

`token` shows an API token with every scope in the place of a session: it is no sign-in, and opens no door at /auth.
`site` is a page of another site, in the browser of an admin who is signed in.
"""

from typing import Any

from .grid import rows_of

DOOR_CALLERS = ("nobody", "member", "admin", "stale", "other", "ended", "token", "site")

TABLE = rows_of(
    """
                                       nobody   member    admin    stale    other    ended    token     site

# for whoever comes
POST /auth/find                           200      200      200      200      200      200      200      403
POST /auth/passkeys/options               200      200      200      200      200      200      200      403
POST /auth/sign-out                      idle      200      200      200      200     idle     idle      403
POST /auth/welcome                        200      200      200      200      200      200      200      403
GET /auth/sso/acme/start                  303      303      303      303   switch      303      303      303

# for whoever brings the secret, or the answer, that belongs to it; these are made up
GET /auth/sso/acme/callback               303      303      303      303      303      303      303      303
POST /auth/passkeys/sign-in           expired  expired  expired  expired  expired  expired  expired      403
POST /auth/redeem                         401      401      401      401      401      401      401      403
POST /auth/setup                          401      401      401      401      401      401      401      403

# for whoever is signed in
POST /auth/passkeys/register              401      400      400      400      400      401      401      403
POST /auth/passkeys/register/options      401      200      200    again      200      401      401      403
POST /auth/sso/again                      401 unlinked      200 unlinked   no_sso      401      401      403
POST /auth/sso/link                       401      200      200    again   no_sso      401      401      403

# for whoever may read what is in the file
GET /exports/audit.csv                    401      403      200      200      200      401      200      403
GET /exports/audit.ndjson                 401      403      200      200      200      401      200      403
GET /exports/members.csv                  401      403      200      200      200      401      200      403
""",
    DOOR_CALLERS,
)

BODIES: dict[str, dict[str, Any]] = {
    "POST /auth/find": {"text": "acme"},
    "POST /auth/passkeys/options": {},
    "POST /auth/passkeys/register": {"credential": {}, "name": "Laptop"},
    "POST /auth/passkeys/register/options": {},
    "POST /auth/passkeys/sign-in": {"credential": {}},
    "POST /auth/redeem": {"token": "rollbook_link_" + 49 * "0"},
    "POST /auth/setup": {
        "token": "rollbook_setup_" + 49 * "0",
        "name": "Initech",
        "handle": "initech",
        "email": "i@initech.test",
    },
    "POST /auth/sign-out": {},
    "POST /auth/sso/again": {"next": "/"},
    "POST /auth/sso/link": {"next": "/"},
    "POST /auth/welcome": {"token": "rollbook_invite_" + 49 * "0"},
}
"""What is sent."""
