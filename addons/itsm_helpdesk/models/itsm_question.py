from odoo import fields, models

QUESTION_TYPES = [
    ("char", "Short text"),
    ("text", "Long text"),
    ("number", "Number"),
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
    ("name", "Name"),
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
        compute="_compute_key",
        store=True,
        readonly=False,
        precompute=True,
        help="Name of the answer for conditions, reports and scripts: small letters, "
        "digits and underscores. Made by itself when empty.",
    )
    name = fields.Char("Question", required=True, translate=True)
    type = fields.Selection(QUESTION_TYPES, required=True, default="char")
    help = fields.Text(translate=True, help="Stands under the question.")
    placeholder = fields.Char(
        translate=True, help="An example, shown until something is typed."
    )
    required = fields.Boolean()
    shown_if = fields.Json(
        "Shown If", help="Asked only when earlier answers say so. Empty: always."
    )
    required_if = fields.Json(
        "Required If", help="Must be answered when earlier answers say so."
    )
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
        inverse="_inverse_res_model_id",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    domain = fields.Char("Filter", help="Which records are offered. Empty: all.")
    column_ids = fields.One2many("itsm.question", "parent_id", "Columns", copy=True)
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

    def _compute_key(self):
        for question in self:
            question.key = question.key or f"q{question.id or 1}"

    def _compute_res_model_id(self):
        for question in self:
            question.res_model_id = self.env["ir.model"]._get(question.res_model)

    def _inverse_res_model_id(self):
        for question in self:
            question.res_model = question.res_model_id.model


class ItsmQuestionOption(models.Model):
    """One of the answers that a question offers."""

    _name = "itsm.question.option"
    _description = "Option of a Question"
    _order = "sequence, id"

    question_id = fields.Many2one(
        "itsm.question", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    key = fields.Char(
        compute="_compute_key",
        store=True,
        readonly=False,
        precompute=True,
        help="Name of the option for conditions, reports and scripts. Made by itself "
        "when empty.",
    )
    name = fields.Char("Option", required=True, translate=True)

    def _compute_key(self):
        for option in self:
            option.key = option.key or f"o{option.id or 1}"


class ItsmQuestionSet(models.Model):
    """Questions that several forms ask alike."""

    _name = "itsm.question.set"
    _description = "Question Set"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    question_ids = fields.One2many("itsm.question", "set_id", "Questions", copy=True)
