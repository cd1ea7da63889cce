"""What a finding says, in one line, for formats that show a finding at a time."""

from __future__ import annotations

from auditor.model.run import FindingRecord
from auditor.report.text.sentences import plain
from auditor.report.view import View


def headline(view: View, finding: FindingRecord) -> str:
    """Its sentence, else the check's title; with how many more it stands for."""
    said = plain(view.speaker.sentence(finding)) or view.title(finding.check)
    if not finding.more:
        return said
    return f"{said} ({view.labels.count('and_more', finding.more)})"
