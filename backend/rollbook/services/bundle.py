"""The services as one bundle, which both facades and the command line receive."""

from rollbook.domain import values
from rollbook.domain.seals import Seal
from rollbook.domain.values import Clock
from rollbook.persistence import organizations
from rollbook.persistence.database import Database
from rollbook.services.audit import Audit
from rollbook.services.erasure import Erasure
from rollbook.services.groups import Groups
from rollbook.services.idempotency import Idempotency
from rollbook.services.invitations import Invitations
from rollbook.services.job_runner import JobRunner
from rollbook.services.jobs import Jobs
from rollbook.services.live import Live
from rollbook.services.memberships import Memberships
from rollbook.services.organizations import Organizations
from rollbook.services.provisioning import Provisioning
from rollbook.services.series import Series
from rollbook.services.sessions import Sessions
from rollbook.services.tokens import Tokens


class Services:
    """Every service over one open database. `pepper` is the key of all secrets' digests, and of what is sealed."""

    def __init__(self, database: Database, pepper: bytes, clock: Clock = values.now) -> None:
        self._database = database
        self._clock = clock
        self.seal = Seal(pepper)
        self.audit = Audit(database)
        self.erasure = Erasure(database, clock)
        self.groups = Groups(database, clock)
        self.idempotency = Idempotency(database, clock)
        self.invitations = Invitations(database, clock, pepper)
        self.live = Live(database, clock, self.seal)
        self.memberships = Memberships(database, clock)
        self.job_runner = JobRunner(database, clock, self.memberships)
        self.jobs = Jobs(database, clock, wake=self.job_runner.wake)
        self.organizations = Organizations(database, clock)
        self.provisioning = Provisioning(database, clock)
        self.series = Series(database)
        self.sessions = Sessions(database, clock, pepper)
        self.tokens = Tokens(database, clock, pepper)

    @property
    def clock(self) -> Clock:
        """The clock by which all services tell the time."""
        return self._clock

    async def ready(self) -> None:
        """Return if the database answers; raises what the database raises."""
        async with self._database.read() as tx:
            await organizations.is_there_any(tx)
