from odoo.fields import Command

from .common import ChangeCase


class CabCase(ChangeCase):
    """Boards with members, and changes that wait for their votes.

    ============== =======================================================
    user           role
    ============== =======================================================
    board1         member of the board, all areas
    board2         member of the board for the network
    board3         member of the board for all areas, by the portal
    urgent         member of the emergency board
    ============== =======================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("approval", "late_approval")
        cls.network = cls.env.ref("itsm_change.itsm_change_category_network")
        cls.hardware = cls.env.ref("itsm_change.itsm_change_category_hardware")
        cls.env["itsm.cab"].search([]).active = False
        cls.cab = cls.env["itsm.cab"].create(
            {
                "name": "Board",
                "kind": "cab",
                "company_id": cls.company.id,
                "member_ids": [
                    Command.create({"user_id": cls.board1.id}),
                    Command.create(
                        {
                            "user_id": cls.board2.id,
                            "category_ids": [Command.set(cls.network.ids)],
                        }
                    ),
                    Command.create({"user_id": cls.board3.id}),
                ],
            }
        )
        cls.ecab = cls.env["itsm.cab"].create(
            {
                "name": "Emergency board",
                "kind": "ecab",
                "company_id": cls.company.id,
                "late_hours": 8,
                "member_ids": [Command.create({"user_id": cls.urgent.id})],
            }
        )
        cls.env.flush_all()

    @classmethod
    def _actors(cls):
        agent = "itsm_helpdesk.group_itsm_agent"
        return super()._actors() | {
            "board1": ("board1", "Berta Board", agent),
            "board2": ("board2", "Bert Board", agent),
            "board3": ("board3", "Bea Ward", "base.group_portal"),
            "urgent": ("urgent", "Ursula Urgent", agent),
        }

    @classmethod
    def _board_policy(cls, **vals):
        """Let the board alone decide on all normal changes."""
        Policy = cls.env["itsm.approval.policy"]
        Policy.search(
            [("res_model", "=", "itsm.change"), ("domain", "ilike", "normal")]
        ).active = False
        line = {"approver_type": "role", "role": "cab", "rule": "percent"}
        return Policy.create(
            {
                "name": "Board only",
                "res_model": "itsm.change",
                "domain": "[('type', '=', 'normal')]",
                "step_ids": [
                    Command.create(
                        {
                            "name": "Board",
                            "line_ids": [Command.create({**line, "percent": 51})],
                        }
                    )
                ],
                **vals,
            }
        )

    def _asked(self, risk="high", **vals):
        """Return a change of some risk that was accepted, so that it was asked."""
        change = self._make_ready(self._change(**vals))
        change._write_system({"risk": risk, "state": "authorize"})
        change.with_user(self.coordinator)._ask_approval()
        return change

    def _vote(self, change, user, decision="approve", comment="As discussed."):
        change.approval_id.with_user(user).vote(decision, comment)
        change.invalidate_recordset()

    def _asked_people(self, change, step=None):
        """Return the users who are asked in a step, or in all of them."""
        votes = change.approval_id.vote_ids
        if step:
            votes = votes.filtered(lambda vote: vote.line_id.step_id.name == step)
        return votes.partner_id.user_ids
