import secrets

from odoo import api, fields, models


class ItsmRatingBadge(models.Model):
    """The code on an engineer's badge: who scans it rates the last visit."""

    _name = "itsm.rating.badge"
    _description = "Badge With a Rating Code"
    _inherit = ["itsm.labelled.mixin"]
    _rec_name = "user_id"
    _order = "user_id, id"

    _label_path = "/itsm/rate/badge/"

    user_id = fields.Many2one(
        "res.users",
        "Engineer",
        required=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    token = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_system",
        export_string_translation=False,
    )
    renewed_at = fields.Datetime("Code Since", default=fields.Datetime.now)

    _user_unique = models.UniqueIndex("(user_id)", "This person has a badge already.")

    @api.model
    def _for_users(self, users):
        """Return the badges of people in their order; make those that are missing."""
        # sudo: who prints labels for a team need not have rights on badges.
        Badge = self.sudo()
        badges = Badge.search([("user_id", "in", users.ids)])
        badges |= Badge.create(
            [{"user_id": user.id} for user in users - badges.user_id]
        )
        by_user = badges.grouped("user_id")
        return Badge.union(*(by_user[user.sudo()] for user in users))

    def _label_facts(self):
        self.ensure_one()
        return {
            "code": self.user_id.name,
            "name": self.env._("How did I do? Scan and tell us."),
            "lines": [],
        }

    def action_renew(self):
        """Give another code: a badge that was lost is of no use then."""
        self.check_access("write")
        # sudo: the code itself is for nobody's eyes.
        for badge in self.sudo():
            badge.write(
                {
                    "token": secrets.token_urlsafe(16),
                    "renewed_at": fields.Datetime.now(),
                }
            )
