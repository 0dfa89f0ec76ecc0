"""The last result of the checks of a world, kept so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from worldgen.checking.checks import Finding, run_checks
from worldgen.models import Campaign, CheckReport
from worldgen.rows import load


def judge(campaign: Campaign) -> CheckReport:
    """Run every check now, and keep what they find in place of the last result."""
    return keep_report(campaign, run_checks(load(campaign)))


def keep_report(campaign: Campaign, findings: Sequence[Finding]) -> CheckReport:
    """Keep these findings as the campaign's last result."""
    listed = [{**asdict(finding), "blocks": finding.blocks} for finding in findings]
    report, _ = CheckReport.objects.update_or_create(
        campaign=campaign,
        defaults={"project_id": campaign.project_id, "findings": listed},
    )
    return report
