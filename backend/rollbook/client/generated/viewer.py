from .base_model import BaseModel
from .enums import Permission, ViewerKind


class Viewer(BaseModel):
    viewer: "ViewerViewer"
    organization: "ViewerOrganization"


class ViewerViewer(BaseModel):
    kind: ViewerKind
    name: str
    permissions: list[Permission]


class ViewerOrganization(BaseModel):
    id: str
    handle: str
    name: str


Viewer.model_rebuild()
