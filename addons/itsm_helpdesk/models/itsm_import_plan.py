from odoo import models

from ..tools import tabular
from .itsm_import_target import ImportField


class ItsmImport(models.Model):
    """Planning: what each row of the file would do, stored line by line."""

    _inherit = "itsm.import"

    def action_plan(self):
        """Make the preview."""
        self.ensure_one()
        profile = self.profile_id
        profile._check_ready()
        sources, _headers, book = self._source_rows()
        target = profile._target()
        resolved = self._with_ids(profile, target, sources)
        fields_by_type = {field.name: field for field in target._import_fields()}
        order = [f.name for f in fields_by_type.values() if f.type == "order"]
        plan = tabular.plan_import(
            resolved,
            target._existing(profile, resolved),
            tabular.PlanOptions(
                key=tuple(target._key_fields()),
                keep=profile.keep,
                order_by=next(
                    (n for n in order if resolved and n in resolved[0].values), None
                ),
                blank=profile.blank,
                skip_fields=frozenset(order),
            ),
        )
        self._store_plan(plan, {source.number: source for source in sources}, target)
        self.write(
            {
                "state": "planned",
                "superseded_count": plan.counts["superseded"],
                "remarks": self._remarks(book),
            }
        )
        self._write_error_sheet()
        return True

    def _with_ids(self, profile, target, sources):
        """Return the rows with ids in place of names of related records.

        A name that will be created becomes ``+name``, which no record has; one
        that may not be created refuses the row or counts as empty.
        """
        relations = [f for f in target._import_fields() if f.type == "relation"]
        known = {}
        for field in relations:
            names = {s.values[field.name] for s in sources if s.values.get(field.name)}
            known[field.name] = target._known_names(profile, field, names)
        return [
            self._row_with_ids(profile, relations, known, source) for source in sources
        ]

    def _row_with_ids(self, profile, relations, known, source):
        values, reasons = dict(source.values), list(source.reasons)
        for field in relations:
            name = values.get(field.name)
            if not name:
                continue
            match = known[field.name].match(name)
            policy = profile[field.policy]
            if match.kind == "exact":
                values[field.name] = match.id
            elif match.kind == "ambiguous":
                reasons.append(self._name_reason(field, "name_ambiguous", name))
            elif policy == "create":
                values[field.name] = f"+{name}"
            elif policy == "blank":
                values[field.name] = None
            else:
                reasons.append(self._name_reason(field, "name_missing", name))
        return tabular.SourceRow(source.number, values, tuple(reasons), source.cells)

    @staticmethod
    def _name_reason(field: ImportField, code, name):
        return tabular.Reason(tabular.TabularError(code, value=name), field.name)

    def _store_plan(self, plan, sources, target):
        """Replace the lines by those of ``plan``; older rows are only counted."""
        self.line_ids.unlink()
        Line = self.env["itsm.import.line"]
        key_field = target._key_fields()[0]
        labels = {field.name: field.label for field in target._import_fields()}
        vals_list = []
        for row in plan.rows:
            if row.outcome == "superseded":
                continue
            source = sources[row.row.number]
            vals_list.append(
                {
                    "import_id": self.id,
                    "row_number": row.row.number,
                    "key": source.values.get(key_field),
                    "outcome": row.outcome,
                    "message": self._line_message(row, source, labels),
                    "values": Line._encoded(
                        {name: source.values.get(name) for name in row.changes}
                    ),
                }
            )
        Line.create(vals_list)

    def _line_message(self, row, source, labels):
        """Say in words what becomes of the row."""
        if row.outcome == "refused":
            return "\n".join(
                self._reason_text(reason, labels) for reason in row.reasons
            )
        if row.outcome != "update":
            return source.values.get("name") or False
        return "; ".join(
            f"{labels[name]}: {tabular.as_text(source.values.get(name))}"
            for name in row.changes
        )

    def _reason_text(self, reason, labels):
        text = self._error_text(reason.error)
        label = labels.get(reason.field)
        return f"{label}: {text}" if label else text
