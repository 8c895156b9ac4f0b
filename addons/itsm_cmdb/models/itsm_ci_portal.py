from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

_ACTIVITY = "itsm_cmdb.mail_activity_type_equipment"
_MAX_WORDS = 1000
_TONES = {
    "in_use": "success",
    "in_repair": "warning",
    "missing": "danger",
}


class ItsmCi(models.Model):
    """What staff see of items: what they hold, and what they scan.

    Staff have no rights on items. Everything they see goes through the methods here:
    fixed fields, nothing of money, owners or other people.
    """

    _inherit = "itsm.ci"

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    @api.model
    def _portal_employee_ids(self):
        """Return the ids of the employees that the user is, in all companies."""
        partner = self.env.user.partner_id
        # sudo: staff have no rights on employees; only ids are taken.
        employees = self.env["hr.employee.public"].sudo()
        return employees.search(
            Domain("user_id", "=", self.env.uid)
            | Domain("work_contact_id", "=", partner.id)
        ).ids

    @api.model
    def _portal_mine(self):
        """Return the items that the user holds, with the rights of the system."""
        # sudo: staff have no rights on items; pages get fixed fields of their own.
        return self.sudo().search(
            Domain("custodian_id", "in", self._portal_employee_ids())
            & Domain("status", "not in", ("disposed", "retired"))
        )

    @api.model
    def _portal_find_mine(self, token):
        """Return the user's own item of a label, or none: as for an unknown one."""
        item = self._by_token(token)
        return item if item in self._portal_mine() else item.browse()

    @api.model
    def _portal_is_staff(self):
        """Tell whether the user works here; others learn nothing about items."""
        return self.env.user._is_internal() or bool(self._portal_employee_ids())

    def _portal_may_know(self):
        """Tell whether the user, who is staff, may know what the item is.

        :param self: with the rights of the system
        """
        self.ensure_one()
        if self.custodian_id.id in self._portal_employee_ids():
            return True
        if not self._portal_is_of_company():
            return False
        groups = self.class_id.group_ids
        return not groups or bool(groups & self.env.user.all_group_ids)

    def _portal_is_of_company(self):
        """Tell whether the item, if any, is of a company that the user belongs to.

        :param self: with the rights of the system
        """
        return not self.company_id or self.company_id in self.env.user.company_ids

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _portal_cards(self):
        """Return what staff see of their own items.

        :param self: with the rights of the system; callers have checked whose it is
        """
        self._ensure_tokens()
        since = self._portal_since()
        return [
            {
                "token": item.token,
                "url": f"/my/equipment/{item.token}",
                "report_url": f"/my/tickets/new?ci={item.token}",
                "name": item.name,
                "code": item.code or "",
                "kind": item.class_id.name,
                "icon": item.class_id.icon or "fa-cube",
                "picture": item.image_256,
                "model": item.model_id.name or "",
                "serial_number": item.serial_number or "",
                "status": {
                    "label": item.stage_id.name or "",
                    "tone": _TONES.get(item.status, "light"),
                },
                "location": item.location_id.complete_name or "",
                "since": since.get(item.id),
            }
            for item in self
        ]

    def _portal_since(self):
        """Return ``{item id: date}`` on which the items came to who has them."""
        lines = self.env["itsm.ci.event.line"].search(
            [
                ("ci_id", "in", self.ids),
                ("kind", "in", ("hand_over", "loan")),
                ("state", "in", ("underway", "done")),
                ("event_id.is_reversed", "=", False),
                ("event_id.reverses_id", "=", False),
            ],
            order="date, id",
        )
        return {
            line.ci_id.id: line.date
            for line in lines
            if line.event_id.custodian_id == line.ci_id.custodian_id
        }

    def _portal_scanned(self):
        """Return what staff see of a label that they scanned.

        :param self: with the rights of the system
        """
        self.ensure_one()
        card = {"token": self.token, "report_url": f"/my/tickets/new?ci={self.token}"}
        if not self._portal_may_know():
            return {**card, "name": False, "icon": "fa-cube"}
        return {
            **card,
            "name": self.name,
            "code": self.code or "",
            "kind": self.class_id.name,
            "icon": self.class_id.icon or "fa-cube",
            "location": self.location_id.complete_name or "",
        }

    # ------------------------------------------------------------------
    # “This is not mine”
    # ------------------------------------------------------------------

    def _portal_dispute(self, words):
        """Tell the configuration team that the user does not have the item.

        :param self: with the rights of the system, and the user's own
        """
        self.ensure_one()
        words = (words if isinstance(words, str) else "").strip()[:_MAX_WORDS]
        if not words:
            raise UserError(
                self.env._("Say in a few words what is wrong: who has it, since when.")
            )
        if self._portal_is_disputed():
            raise UserError(
                self.env._("You told us already. Somebody is looking into it.")
            )
        item = self.with_user(SUPERUSER_ID)
        person = self.env.user.partner_id
        text = plaintext2html(
            self.env._("%(person)s says: %(words)s", person=person.name, words=words)
        )
        # A log, no message: who writes it shall not follow the item.
        item._message_log(body=text, author_id=person.id)
        manager = item._configuration_manager(item.company_id)
        item.activity_schedule(
            _ACTIVITY,
            summary=self.env._("%(person)s does not have it", person=person.name),
            note=text,
            user_id=(manager or self.env.ref("base.user_admin")).id,
        )

    def _portal_is_disputed(self):
        """Tell whether somebody is looking into what the holder said."""
        self.ensure_one()
        kind = self.env.ref(_ACTIVITY)
        return kind in self.sudo().activity_ids.activity_type_id  # sudo: as the page

    @api.model
    def _configuration_manager(self, company):
        """Return a user who keeps the items of a company, or none."""
        # sudo: who is in a group decides who is asked, whoever asks.
        users = self.env.ref("itsm_cmdb.group_cmdb_manager").sudo().all_user_ids
        fitting = users.filtered(
            lambda user: (
                user.active
                and user.id != SUPERUSER_ID
                and (not company or company in user.company_ids)
            )
        )
        return fitting.sorted("id")[:1]
