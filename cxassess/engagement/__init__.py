"""The engagement: everything of one client in one file. Waves, invitations, answers, snapshots; identity kept apart."""

from cxassess.engagement.database import StorageError
from cxassess.engagement.engagement import Engagement, create_engagement, open_engagement
from cxassess.engagement.files import is_engagement
from cxassess.engagement.model import (
    Admission,
    AuditEntry,
    Change,
    Closing,
    Invited,
    Person,
    Refused,
    Saved,
    SavedAnswer,
    Snapshot,
    Wave,
)
from cxassess.engagement.status import GroupStatus, Status

__all__ = [
    "Admission",
    "AuditEntry",
    "Change",
    "Closing",
    "Engagement",
    "GroupStatus",
    "Invited",
    "Person",
    "Refused",
    "Saved",
    "SavedAnswer",
    "Snapshot",
    "Status",
    "StorageError",
    "Wave",
    "create_engagement",
    "is_engagement",
    "open_engagement",
]
