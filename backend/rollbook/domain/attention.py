"""What needs an admin's attention: the rules, and the sentences in which it is told. What is so is read elsewhere."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from rollbook.domain.explaining import explain
from rollbook.domain.immutable import immutable
from rollbook.domain.provisioning import ProvisioningRequest
from rollbook.domain.tokens import Token, TokenKind, TokenStatus

SOON = timedelta(days=30)
"""How long before its end a token is told of; at the earliest when half of its life is over."""

VERY_SOON = timedelta(days=7)
"""How long before its end a token is urgent, and how long a new one may wait for its first use."""

UNUSED = timedelta(days=90)
"""After how long without use a token is told of."""

RECENT = timedelta(days=7)
"""For how long a refusal shows that a token is still in use."""

FAILING = timedelta(hours=24)
"""For how long a failed push is told of that nothing has made good."""

STOPPED_LATELY = timedelta(days=30)
"""For how long it is told that a token which was in use has expired."""

MOST_ITEMS = 50
MOST_NAMED = 3
MOST_EXPLAINED = 20


class AttentionKind(StrEnum):
    """What is the matter."""

    NO_ACTIVE_ADMIN = "no_active_admin"
    ONLY_ONE_ADMIN = "only_one_admin"
    PUSHES_FAILING = "pushes_failing"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_EXPIRES = "token_expires"
    TOKEN_MAKER_LEFT = "token_maker_left"
    TOKEN_UNUSED = "token_unused"


@immutable
class AttentionItem:
    """One thing that somebody should see to. `rank` says how bad it is: 0 is the worst, below 10 it is urgent.

    `since` is when it began, if that can be told; `count` how many people or requests it concerns.
    """

    kind: AttentionKind
    rank: int
    message: str
    remedy: str
    since: datetime | None = None
    count: int | None = None
    token: Token | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether something does not work now, or will not in a few days."""
        return self.rank < 10


@immutable
class Refusals:
    """How often a token that works no more was shown lately, and when first and last."""

    count: int
    first: datetime
    last: datetime


@immutable
class TokenFacts:
    """What is known of the tokens of an organization: those that work, and those that ended and still matter.

    `refusals` and `successors` are by the id of the token that was refused or replaced. `gone` has the members who made
    a token and have no access any more: when their membership ended, or None where it is inactive.
    """

    tokens: Sequence[Token]
    refusals: Mapping[str, Refusals]
    successors: Mapping[str, Token]
    gone: Mapping[str, datetime | None]


def worst_first(items: Iterable[AttentionItem]) -> list[AttentionItem]:
    """The items in the order in which to see to them, `MOST_ITEMS` at most."""
    return sorted(items, key=lambda item: item.rank)[:MOST_ITEMS]


def of_admins(active_admins: int, active_members: int) -> Iterator[AttentionItem]:
    """Nobody administers the organization, or one alone does although there are others. Numbers above 2 count as 2."""
    if active_admins == 0:
        yield AttentionItem(
            AttentionKind.NO_ACTIVE_ADMIN,
            0,
            "No active member is an admin, so nobody can sign in to change settings.",
            "Make a member an admin, or let whoever runs Rollbook print a sign-in link on its server: "
            "rollbook admin login-link.",
        )
    elif active_admins == 1 and active_members > 1:
        yield AttentionItem(
            AttentionKind.ONLY_ONE_ADMIN,
            20,
            "Only one member is an admin.",
            "Make a second one an admin, so that the organization is not left without when the first one leaves.",
        )


def of_pushes(failing: Sequence[ProvisioningRequest], tokens: Mapping[str, Token]) -> Iterator[AttentionItem]:
    """What provisioning clients sent and nothing has made good since, by token; `failing` has the newest first.

    `tokens` has those that may be told, by id.
    """
    by_token: dict[str | None, list[ProvisioningRequest]] = {}
    for entry in failing:
        by_token.setdefault(entry.token_id, []).append(entry)
    for token_id, entries in by_token.items():
        whom = list(dict.fromkeys(_whom(entry) for entry in entries))
        yield AttentionItem(
            AttentionKind.PUSHES_FAILING,
            3,
            f"What {entries[0].client_name} sent about {_listed(whom)} did not go through.",
            _remedy_of(entries),
            since=min(entry.occurred_at for entry in entries),
            count=len(whom),
            token=tokens.get(token_id or ""),
        )


def of_tokens(facts: TokenFacts, at: datetime) -> Iterator[AttentionItem]:
    """What is the matter with tokens at that moment."""
    live = [token for token in facts.tokens if token.is_live(at)]
    for token in facts.tokens:
        if token.is_live(at):
            yield from _of_live(token, facts, at)
        else:
            yield from _of_ended(token, facts, [each for each in live if each.kind is token.kind], at)


def _of_live(token: Token, facts: TokenFacts, at: datetime) -> Iterator[AttentionItem]:
    last = token.last_used_at or token.created_at
    if at - last >= (VERY_SOON if token.last_used_at is None else UNUSED):
        yield _unused(token, last, at)
    elif token.expires_at is not None and token.expires_at - at <= _warning(token):
        successor = facts.successors.get(token.id)
        if successor is None or successor.first_used_at is None:
            yield _expires(token, token.expires_at, at, has_successor=successor is not None)
    maker = token.created_by_membership_id
    if maker is not None and maker in facts.gone:
        yield AttentionItem(
            AttentionKind.TOKEN_MAKER_LEFT,
            31,
            f'The token "{token.name}" was generated by {token.created_by}, who has no access any more.',
            "The token works on. Rotate it if its maker may have kept a copy; revoke it if nobody needs it.",
            since=facts.gone[maker],
            token=token,
        )


def _of_ended(token: Token, facts: TokenFacts, others: Collection[Token], at: datetime) -> Iterator[AttentionItem]:
    """`others`: those of its kind that work."""
    refusals, successor = facts.refusals.get(token.id), facts.successors.get(token.id)
    if refusals is not None and any(each.first_used_at and each.first_used_at > refusals.last for each in others):
        return  # whoever used it has another one by now
    revoked = token.status(at) is TokenStatus.REVOKED
    ended = token.revoked_at if revoked else token.expires_at
    assert ended is not None, "a token that does not work was revoked or has expired"
    if refusals is not None:
        requests = "1 request was" if refusals.count == 1 else f"{refusals.count} requests were"
        yield AttentionItem(
            # a revoked token did what it should; that somebody counts on it shows in what fails
            AttentionKind.PUSHES_FAILING if revoked else AttentionKind.TOKEN_EXPIRED,
            2 if revoked else 1,
            f'The token "{token.name}" {"was revoked" if revoked else "expired"} on {_day(ended)} and is still in use: '
            f"{requests} refused.",
            _replacement(token),
            since=refusals.first,
            count=refusals.count,
            token=token,
        )
    elif not revoked and successor is None and _stopped_working(token, ended, at):
        yield AttentionItem(
            AttentionKind.TOKEN_EXPIRED,
            4,
            f'The token "{token.name}" expired on {_day(ended)}. It was in use until then.',
            _replacement(token),
            since=ended,
            token=token,
        )


def _stopped_working(token: Token, ended: datetime, at: datetime) -> bool:
    """Whether the token's end is news, and found it in use."""
    return at - ended <= STOPPED_LATELY and token.last_used_at is not None and ended - token.last_used_at <= RECENT


def _warning(token: Token) -> timedelta:
    # or a token made for a month would be told of on its first day
    return min(SOON, (token.lifetime or SOON * 2) / 2)


def _unused(token: Token, last: datetime, at: datetime) -> AttentionItem:
    days = (at - last).days
    never = f"was generated {days} days ago and has never been used"
    return AttentionItem(
        AttentionKind.TOKEN_UNUSED,
        32,
        f'The token "{token.name}" {never if token.last_used_at is None else f"has not been used for {days} days"}.',
        "Revoke it if nobody needs it: a secret that nobody uses can only be lost.",
        since=last,
        token=token,
    )


def _expires(token: Token, ends: datetime, at: datetime, *, has_successor: bool) -> AttentionItem:
    replaced = "Its replacement has not been used yet. " if has_successor else ""
    where = "the identity provider" if token.kind is TokenKind.SCIM else "the program that uses it"
    rotate = f"Enter the new token in {where}." if has_successor else f"Rotate it, and enter the new one in {where}."
    return AttentionItem(
        AttentionKind.TOKEN_EXPIRES,
        5 if ends - at <= VERY_SOON else 30,
        f'The token "{token.name}" expires {_in_days(ends - at)}, on {_day(ends)}. {replaced}'.rstrip(),
        rotate,
        token=token,
    )


def _replacement(token: Token) -> str:
    if token.replaced_by_id is not None:
        return "Enter the token that was generated to replace it wherever this one is in use."
    if token.kind is TokenKind.SCIM:
        return "Generate a new token and enter it in the identity provider, or switch provisioning off there."
    return "Generate a new token and give it to the program that uses this one, or stop the program."


def _remedy_of(entries: Sequence[ProvisioningRequest]) -> str:
    """What to do about all of them, if it is the same for the newest; otherwise where it is told."""
    newest = entries[:MOST_EXPLAINED]
    remedies = (explanation.remedy for entry in newest if (explanation := explain(entry)) is not None)
    first = next(remedies, None)
    if first is not None and all(remedy == first for remedy in remedies):
        return first
    return "The provisioning log tells of each why it failed and what to do."


def _whom(entry: ProvisioningRequest) -> str:
    """Who or what a request was about, as a part of a sentence."""
    collection, _, name = entry.path[1:].partition("/")
    if entry.about or (collection, name) == ("Users", ""):
        return entry.about or "somebody without a name"
    if (entry.method, collection, name) == ("POST", "Groups", ""):
        return "a new group"
    return f"{entry.method} {entry.path}"


def _listed(names: Sequence[str]) -> str:
    """As many names as fit in a sentence, and how many more there are."""
    if len(names) > MOST_NAMED + 1:
        return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _in_days(left: timedelta) -> str:
    days = left.days
    return f"in {days} days" if days > 1 else "in 1 day" if days == 1 else "in less than a day"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
