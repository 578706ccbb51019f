"""What the scores mean: findings as data, then as sentences, and the plan."""

from cxassess.findings.find import find
from cxassess.findings.headlines import action_line, headline, row_comments
from cxassess.findings.model import KINDS, Action, Finding, Findings, Kind
from cxassess.findings.priorities import word_actions
from cxassess.findings.say import say
from cxassess.findings.words import Said

__all__ = [
    "KINDS",
    "Action",
    "Finding",
    "Findings",
    "Kind",
    "Said",
    "action_line",
    "find",
    "headline",
    "row_comments",
    "say",
    "word_actions",
]
