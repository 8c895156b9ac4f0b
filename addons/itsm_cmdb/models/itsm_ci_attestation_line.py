from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What an answer “right” says of an item.
ATTESTED = [
    "owner_id",
    "custodian_id",
    "department_id",
    "location_id",
    "serial_number",
    "asset_code",
]


class ItsmCiAttestationLine(models.Model):
    """One item, and what the person who answers for it said."""

    _name = "itsm.ci.attestation.line"
    _description = "Attested Item"
    _order = "attestation_id desc, person_id, id"
    _rec_name = "ci_name"

    attestation_id = fields.Many2one(
        "itsm.ci.attestation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    state = fields.Selection(related="attestation_id.state")
    due_date = fields.Date(related="attestation_id.due_date")
    person_id = fields.Many2one(
        "itsm.ci.attestation.person",
        "Asked",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    user_id = fields.Many2one(
        "res.users", "Login", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, readonly=True, ondelete="cascade", index=True
    )
    ci_name = fields.Char("Item Name", compute="_compute_facts", compute_sudo=True)
    facts = fields.Text("On File", compute="_compute_facts", compute_sudo=True)
    answer = fields.Selection([("right", "Right"), ("wrong", "Wrong")], index=True)
    comment = fields.Text("What Is Wrong")
    answered_at = fields.Datetime(readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    finding_id = fields.Many2one(
        "itsm.ci.finding", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _once = models.UniqueIndex("(attestation_id, ci_id)")

    @api.depends("ci_id")
    @api.depends_context("lang")
    def _compute_facts(self):
        for line in self:
            line.ci_name = line.ci_id.name
            line.facts = "\n".join(
                f"{label}: {value}" for label, value in line._facts()
            )

    def _facts(self):
        """Return what is to be confirmed, as labels and texts for people."""
        self.ensure_one()
        # sudo: who answers for an item may see these of it, without other rights.
        item = self.sudo().ci_id
        facts = [
            (self.env._("Class"), item.class_id.name),
            (self.env._("Serial number"), item.serial_number),
            (self.env._("Asset code"), item.asset_code),
            (self.env._("Location"), item.location_id.complete_name),
            (self.env._("Department"), item.department_id.name),
            (self.env._("Owner"), item.owner_id.name),
            (self.env._("Custodian"), item.custodian_id.name),
        ]
        return [(label, value) for label, value in facts if value]

    def write(self, vals):
        """Let people answer only, and only their own lines.

        :raise AccessError, UserError: for anything else
        """
        if self.env.su:
            return super().write(vals)
        if vals.keys() - {"answer", "comment"}:
            raise AccessError(self.env._("Only the answer and its comment are asked."))
        if any(line.user_id != self.env.user for line in self):
            raise AccessError(self.env._("Everybody answers their own list only."))
        self.check_access("write")
        # sudo: rights on the lines were checked above; items are not theirs to write.
        self.sudo()._answer(
            {
                line.id: (
                    vals.get("answer", line.answer),
                    vals.get("comment", line.comment),
                )
                for line in self
            }
        )
        return True

    def action_right(self):
        """Say that what is on file is right."""
        return self.write({"answer": "right", "comment": False})

    def _answer(self, answers):
        """Keep ``{line id: (answer, comment)}``; only lines of these are written.

        :raise UserError: once it is over, or where it is not said what is wrong
        """
        lines = self.filtered(lambda line: line.id in answers)
        if any(line.state != "running" for line in lines):
            raise UserError(self.env._("This attestation is over. Thank you."))
        now = fields.Datetime.now()
        for line in lines:
            answer, comment = answers[line.id]
            if answer == "wrong" and not (comment or "").strip():
                raise UserError(
                    self.env._("Please say what is wrong with “%s”.", line.ci_name)
                )
            line.write(
                {
                    "answer": answer,
                    "comment": comment,
                    "answered_at": now if answer else False,
                    "answered_by_id": self.env.uid if answer else False,
                }
            )
        lines.filtered(lambda line: line.answer == "right")._keep_right()
        lines.filtered(lambda line: line.answer == "wrong")._find_wrong()

    def _keep_right(self):
        """Keep that the items were verified; end what was said to be wrong."""
        if not self:
            return
        origin = self.attestation_id[:1]
        items = self.ci_id._under(
            source="manual", origin=origin, reason=", ".join(origin.mapped("name"))
        )
        items._confirm(dict.fromkeys(items.ids, ATTESTED))
        self.finding_id._close()

    def _find_wrong(self):
        """Make a finding of each line, or open its finding again."""
        if not self:
            return
        rule = self.env.ref("itsm_cmdb.audit_rule_attestation")
        Finding = self.env["itsm.ci.finding"]
        known = {
            finding.ci_id: finding
            for finding in Finding.search(
                [("rule_id", "=", rule.id), ("ci_id", "in", self.ci_id.ids)]
            )
        }
        missing = self.filtered(lambda line: line.ci_id not in known)
        for line, finding in zip(
            missing,
            Finding.create([line._finding_vals(rule) for line in missing]),
            strict=True,
        ):
            known[line.ci_id] = finding
        for line in self:
            finding = known[line.ci_id]
            line.finding_id = finding
            finding.write(line._finding_words(finding))
        if rule.with_activity:
            Finding.union(*known.values())._plan_activities()

    def _finding_vals(self, rule):
        """Return the values of a new finding."""
        due = rule._run_values()["due"]
        return {
            "rule_id": rule.id,
            "ci_id": self.ci_id.id,
            "user_id": rule.user_id.id,
            "due_date": due,
        }

    def _finding_words(self, finding):
        """Return what the finding says of this line, open again where it was closed."""
        words = {"note": f"{self.person_id.employee_id.name}: {self.comment}"}
        if finding.state != "open":
            words.update(
                state="open",
                fixed_at=False,
                accepted_until=False,
                times_found=finding.times_found + 1,
            )
        return words
