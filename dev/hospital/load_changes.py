"""Writes the hospital's changes into a database, with what each changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from .changes import PlannedChange
from .load_organisation import QUIET, to_utc

_TEAM = "itsm_helpdesk.team_it_line2"
_PLAN = {
    "en_US": "Tell the desk, make the change, sign in and try the main functions.",
    "zh_CN": "通知服务台，实施变更，登录并验证主要功能。",
}
_BACKOUT = {
    "en_US": "Put back the copy that was made before.",
    "zh_CN": "恢复变更前的备份。",
}


def load_changes(env, planned: Iterable[PlannedChange]) -> int:
    """Write changes that are over; return how many they are."""
    moment = to_utc(env)
    planned = list(planned)
    items = {item.name: item.id for item in env["itsm.ci"].search([])}
    Change = env["itsm.change"]._as_system().with_context(**QUIET)
    made = Change.create([_values(env, moment, items, change) for change in planned])
    # What is closed takes no more items, so they come first.
    made.write({"state": "closed"})
    env.flush_all()
    env.cr.execute(
        "UPDATE itsm_change SET create_date = submitted_at WHERE id = ANY(%s)",
        [made.ids],
    )
    made.invalidate_recordset(["create_date"])
    return len(made)


def _values(env, moment, items, change) -> dict:
    engineers = env.ref(_TEAM).member_ids
    implementer = engineers[len(change.subject) % len(engineers)]
    return {
        "name": change.subject,
        "type": change.type,
        "category_id": env.ref(
            f"itsm_change.itsm_change_category_{change.category}"
        ).id,
        "reason": change.reason,
        "implementation_plan": _PLAN[change.language],
        "test_plan": _PLAN[change.language],
        "backout_plan": _BACKOUT[change.language],
        "requester_id": implementer.partner_id.id,
        "implementer_id": implementer.id,
        "coordinator_id": env.ref("itsm_helpdesk.demo_user_leader").id,
        "team_id": env.ref(_TEAM).id,
        "risk": change.risk,
        "has_outage": change.has_outage,
        "ci_link_ids": [(0, 0, {"ci_id": items[change.item]})],
        "planned_start": moment(change.start),
        "planned_end": moment(change.end),
        "submitted_at": moment(change.asked),
        "accepted_at": moment(change.asked + (change.start - change.asked) / 4),
        "scheduled_at": moment(change.asked + (change.start - change.asked) / 2),
        "actual_start": moment(change.start),
        "actual_end": moment(change.ended),
        "closed_at": moment(change.ended + timedelta(days=1)),
        "close_code": change.code,
    }
