"""scim2-server over its own memory, served as Rollbook is: `uvicorn scim2:app` in an environment that has it."""

from scim2_models import ScimProvider
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.memory import AsyncInMemoryStorage
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

app = ASGIApplication(
    AsyncInMemoryStorage(),
    ScimProvider.from_discovery(
        load_default_schemas().values(),
        load_default_resource_types().values(),
        config=load_default_service_provider_config(),
    ),
)
