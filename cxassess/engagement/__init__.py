"""The engagement: everything of one client in one file. Waves, invitations, answers, snapshots; identity kept apart."""

from cxassess.engagement.backup import Restoration, back_up, restore
from cxassess.engagement.database import StorageError
from cxassess.engagement.engagement import Engagement
from cxassess.engagement.erasure import Erasure
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
from cxassess.engagement.opening import create_engagement, open_engagement
from cxassess.engagement.personal_data import write_personal_data
from cxassess.engagement.plan import Plan
from cxassess.engagement.status import GroupStatus, Status
from cxassess.engagement.verify import Verification, verify_engagement
from cxassess.engagement.workshop import Workshop
from cxassess.engagement.workshop_model import (
    DOTS,
    MOST_ACTIONS,
    STEPS,
    NotYet,
    Rating,
    RoomCounts,
    Step,
    TargetSet,
    Timer,
    Votes,
    WorkshopState,
)

__all__ = [
    "DOTS",
    "MOST_ACTIONS",
    "STEPS",
    "Admission",
    "AuditEntry",
    "Change",
    "Closing",
    "Engagement",
    "Erasure",
    "GroupStatus",
    "Invited",
    "NotYet",
    "Person",
    "Plan",
    "Rating",
    "Refused",
    "Restoration",
    "RoomCounts",
    "Saved",
    "SavedAnswer",
    "Snapshot",
    "Status",
    "Step",
    "StorageError",
    "TargetSet",
    "Timer",
    "Verification",
    "Votes",
    "Wave",
    "Workshop",
    "WorkshopState",
    "back_up",
    "create_engagement",
    "is_engagement",
    "open_engagement",
    "restore",
    "verify_engagement",
    "write_personal_data",
]
