"""The services as one bundle, which both facades and the command line receive."""

from rollbook.domain import values
from rollbook.domain.encryption import Vault
from rollbook.domain.seals import Seal
from rollbook.domain.values import Clock
from rollbook.gateways.bundle import Gateways
from rollbook.gateways.closed import closed_gateways
from rollbook.persistence import organizations
from rollbook.persistence.database import Database
from rollbook.services.access_history import AccessHistory
from rollbook.services.attention import Attention
from rollbook.services.audit import Audit
from rollbook.services.entering import Entrance
from rollbook.services.erasure import Erasure
from rollbook.services.groups import Groups
from rollbook.services.idempotency import Idempotency
from rollbook.services.invitations import Invitations
from rollbook.services.job_runner import JobRunner
from rollbook.services.jobs import Jobs
from rollbook.services.live import Live
from rollbook.services.login_domains import LoginDomains
from rollbook.services.memberships import Memberships
from rollbook.services.organizations import Organizations
from rollbook.services.passkeys import Passkeys
from rollbook.services.provisioning import Provisioning
from rollbook.services.provisioning_log import ProvisioningLog
from rollbook.services.series import Series
from rollbook.services.sessions import Sessions
from rollbook.services.setup import Setup
from rollbook.services.sign_in import SignIn
from rollbook.services.sso import Sso
from rollbook.services.tokens import Tokens
from rollbook.settings import DEFAULT_BASE_URL


class Services:
    """Every service over one open database.

    `pepper` is the secret of the installation: from it come the keys of digests, of seals and of what is encrypted.
    `base_url` is where browsers and providers reach it. Without gateways nothing outside is asked.
    """

    def __init__(
        self,
        database: Database,
        pepper: bytes,
        clock: Clock = values.now,
        *,
        base_url: str = DEFAULT_BASE_URL,
        gateways: Gateways | None = None,
    ) -> None:
        ways = gateways or closed_gateways()
        vault = Vault(pepper)
        entrance = Entrance(pepper, vault)
        self._database = database
        self._clock = clock
        self.seal = Seal(pepper)
        self.access_history = AccessHistory(database, clock)
        self.attention = Attention(database, clock)
        self.audit = Audit(database)
        self.erasure = Erasure(database, clock)
        self.groups = Groups(database, clock)
        self.idempotency = Idempotency(database, clock)
        self.invitations = Invitations(database, clock, pepper, entrance, ways.mailer, base_url)
        self.login_domains = LoginDomains(database, clock, ways)
        self.live = Live(database, clock, self.seal)
        self.memberships = Memberships(database, clock)
        self.job_runner = JobRunner(database, clock, self.memberships)
        self.jobs = Jobs(database, clock, wake=self.job_runner.wake)
        self.organizations = Organizations(database, clock)
        self.passkeys = Passkeys(database, clock, vault, entrance, base_url)
        self.provisioning = Provisioning(database, clock)
        self.provisioning_log = ProvisioningLog(database)
        self.series = Series(database)
        self.sessions = Sessions(database, clock, pepper, entrance)
        self.setup = Setup(database, clock, pepper, entrance)
        self.sign_in = SignIn(database, clock, vault, entrance, ways, base_url)
        self.sso = Sso(database, clock, vault, ways, base_url)
        self.tokens = Tokens(database, clock, pepper)

    @property
    def clock(self) -> Clock:
        """The clock by which all services tell the time."""
        return self._clock

    async def ready(self) -> None:
        """Return if the database answers; raises what the database raises."""
        async with self._database.read() as tx:
            await organizations.is_there_any(tx)
