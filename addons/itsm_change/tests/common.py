from datetime import timedelta
from itertools import count

from odoo import fields
from odoo.fields import Command

from odoo.addons.itsm_cmdb.tests.common import CmdbCase

GROUP = "itsm_change.group_change_%s"


class ChangeCase(CmdbCase):
    """The roles of changes, and changes that are ready to move on.

    ============== =======================================================
    user           role
    ============== =======================================================
    implementer    makes changes, member of line 2 of the IT desk
    implementer2   makes changes, member of no team
    coordinator    change coordinator
    coordinator2   change coordinator
    change_manager change manager
    change_other   change manager of the other company
    ============== =======================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Change = cls.env["itsm.change"]
        cls.team2.member_ids |= cls.implementer
        cls._days = count(14)
        cls.env.flush_all()

    @classmethod
    def _actors(cls):
        user, coordinator = GROUP % "user", GROUP % "coordinator"
        manager = GROUP % "manager"
        return super()._actors() | {
            "implementer": ("implementer", "Ian Implementer", user),
            "implementer2": ("implementer2", "Iris Implementer", user),
            "coordinator": ("coordinator", "Cleo Coordinator", coordinator),
            "coordinator2": ("coordinator2", "Cyril Coord", coordinator),
            "change_manager": ("changem", "Max Manager", manager),
            "change_other": ("changeo", "Orla Manager", manager, cls.branch),
        }

    # ------------------------------------------------------------------
    # Builders
    # ------------------------------------------------------------------

    @classmethod
    def _change(cls, name="Upgrade the database", **vals):
        """Return a new draft that the requester asked for and the implementer makes.

        Each has its own night: two hours from 22:00 UTC, some two weeks from now.
        """
        day = fields.Datetime.today() + timedelta(days=next(cls._days))
        start = day + timedelta(hours=22)
        return cls.env["itsm.change"].create(
            {
                "name": name,
                "reason": "The old version is not supported any more.",
                "requester_id": cls.requester.partner_id.id,
                "implementer_id": cls.implementer.id,
                "team_id": cls.team2.id,
                "planned_start": start,
                "planned_end": start + timedelta(hours=2),
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _only_gates(cls, *keys):
        """Let the gates of some keys count only, of those that are there."""
        Gate = cls.env["itsm.change.gate"]
        Gate.search([("key", "not in", keys)]).active = False

    def _make_ready(self, change):
        """Give a draft all that the gates ask for and that is not done by a verb.

        :return: the change
        """
        change.write(
            {
                name: f"<p>{name.replace('_', ' ').capitalize()}: as written down.</p>"
                for name in (
                    "implementation_plan",
                    "test_plan",
                    "communication_plan",
                    "backout_plan",
                )
            }
        )
        if not change.ci_link_ids:
            item = self._ci(f"Server of {change.number}")
            change.ci_link_ids = [Command.create({"ci_id": item.id})]
        for kind in ("backup", "restore", "test"):
            self._evidence(change, kind)
        for answer in change.answer_ids:
            answer.option_id = answer.question_id.option_ids[:1]
        return change

    def _evidence(self, change, kind, **vals):
        """Return new evidence of a change, with a file."""
        file = self._file(f"{kind}.log", b"ended with code 0")
        return self.env["itsm.change.evidence"].create(
            {
                "change_id": change.id,
                "kind": kind,
                "attachment_ids": [Command.set(file.ids)],
                **vals,
            }
        )

    def _grant(self, change):
        """Let everybody approve who is asked, and let it go on."""
        change.invalidate_recordset()
        for _round in range(10):
            approval = change.sudo().approval_id
            if change.state != "authorize" or approval.state != "waiting":
                break
            votes = approval.vote_ids.filtered(lambda vote: vote.state == "waiting")
            approval._vote_as(votes[0].partner_id, "approve", "Fine.")
            change.invalidate_recordset()
        if change.state == "authorize":
            change.sudo()._authorize()
        self.assertEqual(change.state, "scheduled", change._missing("authorize"))

    def _bring_to(self, change, state):
        """Bring a ready draft to a state of the way of its type, each by its role.

        :return: the change
        """
        by = {
            "implementer": change.with_user(self.implementer),
            "coordinator": change.with_user(self.coordinator),
        }
        steps = {
            "assess": lambda: by["implementer"].submit(),
            "authorize": lambda: by["coordinator"].accept(),
            "scheduled": lambda: self._grant(change),
            "implement": lambda: by["implementer"].start(),
            "review": lambda: by["implementer"].finish(),
            "closed": lambda: by["coordinator"].close("successful"),
        }
        if change.type == "standard":
            del steps["assess"], steps["authorize"]
            steps["scheduled"] = lambda: by["implementer"].schedule()
        order = ["draft", *steps]
        for reached in order[order.index(change.state) + 1 : order.index(state) + 1]:
            # Where nobody has to decide, an accepted change is scheduled at once.
            if order.index(change.state) < order.index(reached):
                steps[reached]()
            if reached == "review":
                self._write_review(change)
        return change

    def _write_review(self, change):
        """Fill what the review asks for."""
        change.with_user(self.coordinator).write(
            {"review_outcome": "reached", "actual_risk": change.risk or "low"}
        )
