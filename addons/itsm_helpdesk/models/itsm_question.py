from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

_PLACES = ("service_id", "set_id", "parent_id")
# Passed in the context by own code, which RPC cannot forge: the form is checked once
# all of it is written; models of records come from a question that has them already.
_HOLD = object()
_KNOWN = object()

QUESTION_TYPES = [
    ("char", "Short text"),
    ("text", "Long text"),
    ("number", "Numeric value"),
    ("money", "Amount of money"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("boolean", "Yes or no"),
    ("choice", "One of several"),
    ("choices", "Several of several"),
    ("person", "Person"),
    ("department", "Department"),
    ("location", "Location"),
    ("record", "Record"),
    ("file", "File"),
    ("table", "Table"),
    ("section", "Section"),
    ("note", "Note"),
    ("set", "Question set"),
]
DEFAULT_KINDS = [
    ("none", "Nothing"),
    ("fixed", "A fixed answer"),
    ("employee", "What is known of the employee"),
    ("today", "Today"),
]
EMPLOYEE_FACTS = [
    ("name", "Full name"),
    ("work_phone", "Work phone"),
    ("email", "E-mail address"),
    ("department", "Department"),
    ("location", "Work location"),
    ("manager", "Manager"),
    ("job_title", "Job title"),
    ("company", "Company"),
]


class ItsmQuestion(models.Model):
    """A question of a service's form, of a reusable set, or a column of a table."""

    _name = "itsm.question"
    _description = "Question"
    _order = "sequence, id"

    service_id = fields.Many2one("itsm.service", index=True, ondelete="cascade")
    set_id = fields.Many2one("itsm.question.set", index=True, ondelete="cascade")
    parent_id = fields.Many2one(
        "itsm.question", "Table", index="btree_not_null", ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    key = fields.Char(
        help="Name of the answer for conditions, reports and scripts: small letters, "
        "digits and underscores. Made by itself when empty.",
    )
    name = fields.Char("Question", required=True, translate=True)
    type = fields.Selection(QUESTION_TYPES, required=True, default="char")
    help = fields.Text(translate=True, help="Stands under the question.")
    placeholder = fields.Char(
        translate=True, help="An example, shown until something is typed."
    )
    required = fields.Boolean("Mandatory")
    shown_if = fields.Json(
        help="Asked only when earlier answers say so. Empty: always."
    )
    required_if = fields.Json(help="Must be answered when earlier answers say so.")
    option_ids = fields.One2many(
        "itsm.question.option", "question_id", "Options", copy=True
    )
    has_minimum = fields.Boolean("At Least")
    minimum = fields.Float(
        digits=(16, 6),
        help="Of numbers the smallest one; of dates the days from today: 0 is today, "
        "-7 a week ago.",
    )
    has_maximum = fields.Boolean("At Most")
    maximum = fields.Float(
        digits=(16, 6),
        help="Of numbers the largest one; of dates the days from today: 0 is today, "
        "30 in a month.",
    )
    max_length = fields.Integer(
        "Most Characters", help="0: as many as the kind of question takes."
    )
    pattern = fields.Char(
        help="What a short text must look like, as a regular expression for the whole "
        "text. Say in the hint what is wanted."
    )
    pattern_hint = fields.Char(
        translate=True, help="Shown when the text does not fit the pattern."
    )
    decimals = fields.Integer("Decimal Places", help="0: whole numbers only.")
    default_kind = fields.Selection(
        DEFAULT_KINDS, "Filled In With", required=True, default="none"
    )
    default_value = fields.Char(
        "Fixed Answer",
        help="Of a choice the key of the option, several separated by commas; of a "
        "record its id.",
    )
    default_field = fields.Selection(EMPLOYEE_FACTS, "Fact")
    res_model = fields.Char("Model", help="The records to choose from.")
    res_model_id = fields.Many2one(
        "ir.model",
        "Records of",
        compute="_compute_res_model_id",
        compute_sudo=True,
        inverse="_inverse_res_model_id",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    domain = fields.Char("Filter", help="Which records are offered. Empty: all.")
    column_ids = fields.One2many(
        "itsm.question", "parent_id", "Table Columns", copy=True
    )
    max_rows = fields.Integer("Most Rows", help="0: as many as a table takes.")
    max_files = fields.Integer("Most Files", help="0: as many as a form takes.")
    extensions = fields.Char(
        "File Types", help="Such as “pdf, png”. Empty: every type that is safe."
    )
    included_set_id = fields.Many2one(
        "itsm.question.set",
        "Question Set",
        index="btree_not_null",
        ondelete="restrict",
        help="Its questions stand here.",
    )

    form_service_id = fields.Many2one(
        "itsm.service",
        compute="_compute_form_service_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        recursive=True,
        export_string_translation=False,
    )

    _one_place = models.Constraint(
        "CHECK (num_nonnulls(service_id, set_id, parent_id) = 1)",
        "A question belongs to one service, to one question set or to one table.",
    )

    @api.depends("service_id", "parent_id.form_service_id")
    def _compute_form_service_id(self):
        for question in self:
            question.form_service_id = (
                question.service_id or question.parent_id.form_service_id
            )

    @api.depends("res_model")
    def _compute_res_model_id(self):
        for question in self:
            question.res_model_id = self.env["ir.model"]._get(question.res_model)

    def _inverse_res_model_id(self):
        for question in self:
            # sudo: who may not list the models may name the one that is there.
            question.res_model = question.res_model_id.sudo().model

    @api.constrains("type", "included_set_id")
    def _check_set(self):
        for question in self:
            if question.type == "set" and not question.included_set_id:
                raise ValidationError(
                    self.env._(
                        "%(question)s: choose the question set that stands here.",
                        question=question.name,
                    )
                )

    @api.constrains("res_model")
    def _check_res_model(self):
        for question in self.filtered("res_model"):
            Model = self.env.get(question.res_model)
            if Model is None or Model._abstract or Model._transient:
                raise ValidationError(
                    self.env._(
                        "%(question)s: there are no records of “%(model)s” to choose "
                        "from. Choose another model.",
                        question=question.name,
                        model=question.res_model,
                    )
                )

    @api.constrains("res_model", "domain")
    def _check_domain(self):
        """A filter that cannot be evaluated would break the form for everybody."""
        for question in self.filtered("res_model"):
            chosen = {"model": question.res_model, "domain": question.domain}
            try:
                self.env["itsm.form.lookup"]._check_domain(chosen)
            except Exception as error:
                # Filters are code; anything can be wrong with them.
                raise ValidationError(
                    self.env._(
                        "%(question)s: the filter cannot be used (%(detail)s). Change "
                        "it, or leave it empty.",
                        question=question.name,
                        detail=str(error),
                    )
                ) from error

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._fill_in_keys(vals_list)
        for vals in vals_list:
            self.browse()._refuse_strangers(vals)
        held = super(ItsmQuestion, self._holding()).create(vals_list)
        questions = held.with_env(self.env)
        questions._check_forms()
        return questions

    def write(self, vals):
        for question in self:
            question._refuse_strangers(vals)
            question._refuse_another_place(vals)
        result = super(ItsmQuestion, self._holding()).write(vals)
        self._check_forms()
        return result

    def unlink(self):
        services, sets = self.form_service_id, self.set_id | self.parent_id.set_id
        result = super().unlink()
        if self.env.context.get("itsm_form") is not _HOLD:
            # sudo: a form is checked as a whole, whoever changes a part of it.
            services.sudo().exists()._check_form()
            sets.sudo().exists()._check_form()
        return result

    def _refuse_another_place(self, vals):
        """Keep questions in their form: it may be one that the user must not change."""
        for name in _PLACES:
            if name in vals and (vals[name] or False) != self[name].id:
                raise ValidationError(
                    self.env._(
                        "“%(question)s” stays in its form. Make a new question in the "
                        "other one.",
                        question=self.name,
                    )
                )

    def _holding(self):
        """Return the questions with the check of their forms put off."""
        return self.with_context(itsm_form=_HOLD)

    def _refuse_strangers(self, vals):
        """Refuse models and filters from anybody but administrators.

        Requesters see the names of the records that a form offers, whatever their
        rights; so who makes forms for one desk must not open all there is.
        """
        name, domain = self.res_model or "", self.domain or "[]"
        model = self.env["ir.model"].sudo().browse(vals.get("res_model_id") or ())
        new = vals.get("res_model", model.model if "res_model_id" in vals else name)
        same = (new or "") == name and (vals.get("domain", domain) or "[]") == domain
        if (
            same
            or self.env.su
            or self.env.context.get("itsm_models") is _KNOWN
            or self.env.user.has_group("itsm_helpdesk.group_itsm_admin")
        ):
            return
        raise AccessError(
            self.env._(
                "Only an administrator of the service desk may choose which records a "
                "form offers."
            )
        )

    @api.model
    def _fill_in_keys(self, vals_list):
        """Give questions without a key the next free one of their place."""
        taken = {_place(vals): set() for vals in vals_list}
        for field_name in {name for name, _id in taken if name}:
            ids = [id_ for name, id_ in taken if name == field_name]
            # sudo: a key is taken, whoever may see the question.
            for question in self.sudo().search([(field_name, "in", ids)]):
                taken[field_name, question[field_name].id].add(question.key)
        for vals in vals_list:
            taken[_place(vals)].add(vals.get("key"))
        for vals in vals_list:
            if not vals.get("key"):
                # Questions of a set stand among those of a service.
                prefix = f"set{vals['set_id']}_q" if vals.get("set_id") else "q"
                vals["key"] = next_key(prefix, taken[_place(vals)])


def _place(vals):
    """Return where a new question will stand, as field and id."""
    return next(((name, vals[name]) for name in _PLACES if vals.get(name)), ("", 0))


def next_key(prefix, taken):
    """Return the first free key of a row, and take it."""
    number = 1
    while f"{prefix}{number}" in taken:
        number += 1
    taken.add(f"{prefix}{number}")
    return f"{prefix}{number}"
