from odoo import fields, models

from ..tools import tabular
from .itsm_import_history import FORGIVEN

# Lines are stored in portions, so that memory does not grow with the file.
_PORTION = 1000
_MAX_PROPOSED_VALUES = 50


class ItsmImport(models.Model):
    """Planning: what each row of the file would do, stored line by line."""

    _inherit = "itsm.import"

    def action_plan(self):
        """Make the preview."""
        self.ensure_one()
        if self.state == "new":
            self.action_read()
        self._require_state("mapped", "planned")
        profile = self.profile_id
        profile._check_ready()
        source = self._read_source()
        target = profile._target()
        specs = target._import_fields()
        resolved = self._with_ids(profile, target, specs, source.records)
        options = self._plan_options(profile, target, specs)
        histories = self._histories(target, options, source.records, resolved)
        records = self._with_pasts(histories, source.records)
        resolved = self._with_pasts(histories, resolved)
        plan, news = self._with_news(
            tabular.plan_import(resolved, target._existing(profile, resolved), options),
            target,
            histories,
        )
        self._store_plan(plan, records, target, specs, histories, news)
        self._propose_values(plan)
        remarks = [
            self._remarks(source.book),
            self._new_names_remark(
                plan, specs, histories.names_used(plan, resolved, target)
            ),
            self._history_remark(plan, histories, news),
        ]
        self.write(
            {
                "state": "planned",
                "superseded_count": plan.counts["superseded"],
                "remarks": "\n".join(filter(None, remarks)),
            }
        )
        self._write_error_sheet(source.rows)
        return True

    def _plan_options(self, profile, target, specs):
        order = [spec.name for spec in specs if spec.type == "order"]
        moment = target._history_field()
        mapped = set(profile.column_ids.mapped("field_name"))
        return tabular.PlanOptions(
            key=tuple(target._key_fields()),
            keep=profile.keep,
            order_by=next((name for name in order if name in mapped), None),
            blank=profile.blank,
            skip_fields=frozenset([*order, moment]),
            history_by=moment if moment in mapped else None,
            forgiven=FORGIVEN,
        )

    # ------------------------------------------------------------------
    # Names of related records
    # ------------------------------------------------------------------

    def _with_ids(self, profile, target, specs, records):
        """Return the rows with ids in place of names.

        A name that will be created becomes ``+name``, which no record has; one
        that may not be created refuses the row or counts as empty.
        """
        relations = [spec for spec in specs if spec.type == "relation"]
        matches = {}
        for spec in relations:
            names = {
                record.values[spec.name]
                for record in records
                if record.values.get(spec.name)
            }
            if not names:
                continue
            known = target._known_names(profile, spec, names)
            creatable = profile[spec.policy] == "create" and target._may_create(spec)
            matches[spec.name] = {
                name: self._name_or_error(
                    profile, spec, name, known.match(name), creatable
                )
                for name in names
            }
        return [self._row_with_ids(relations, matches, record) for record in records]

    def _name_or_error(self, profile, spec, name, match, creatable):
        """Return the id, ``+name``, None, or the error that a name leads to."""
        if match.kind == "exact":
            return match.id
        if match.kind == "ambiguous":
            return tabular.TabularError("name_ambiguous", value=name)
        if creatable:
            return f"+{tabular.normalize(name)}"
        if profile[spec.policy] == "blank":
            return None
        refused = profile[spec.policy] == "refuse"
        code = "name_missing" if refused else "name_no_right"
        return tabular.TabularError(code, value=name)

    def _row_with_ids(self, relations, matches, record):
        values, reasons = dict(record.values), list(record.reasons)
        for spec in relations:
            name = values.get(spec.name)
            if not name:
                continue
            found = matches[spec.name][name]
            if isinstance(found, tabular.TabularError):
                reasons.append(tabular.Reason(found, spec.name))
            else:
                values[spec.name] = found
        return tabular.SourceRow(record.number, values, tuple(reasons), record.cells)

    def _new_names_remark(self, plan, specs, used):
        """Say how many related records the plan would create.

        :param used: list of ``(field, id)`` that only the history names
        """
        labels = {spec.name: (spec.label, spec.model) for spec in specs if spec.model}
        used = used + [
            (field_name, new)
            for row in plan.having("create", "update")
            for field_name, (_old, new) in row.changes.items()
        ]
        names = {}
        for field_name, new in used:
            if field_name in labels and isinstance(new, str) and new[:1] == "+":
                label, model = labels[field_name]
                names.setdefault(model, (label, set()))[1].add(new)
        if not names:
            return ""
        return self.env._(
            "Names that do not exist yet and will be created: %(names)s.",
            names=", ".join(f"{label} {len(new)}" for label, new in names.values()),
        )

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def _store_plan(self, plan, records, target, specs, histories, news):
        """Replace the lines by those of ``plan``; older rows have none of their own."""
        self.line_ids.unlink()
        by_number = {record.number: record for record in records}
        rows = [row for row in plan.rows if row.outcome != "superseded"]
        Line = self.env["itsm.import.line"]
        for start in range(0, len(rows), _PORTION):
            portion = rows[start : start + _PORTION]
            names = self._present_names(portion, specs)
            Line.create(
                [
                    self._line_values(
                        row, by_number[row.row.number], target, specs, names
                    )
                    | self._past_values(row, histories, news)
                    for row in portion
                ]
            )
            Line.flush_model()
            Line.invalidate_model()

    def _line_values(self, row, record, target, specs, names):
        Line = self.env["itsm.import.line"]
        writes = row.outcome in ("create", "update")
        stored = target._stored_names(self.profile_id, row) if writes else ()
        return {
            "import_id": self.id,
            "row_number": row.row.number,
            "key": record.values.get(target._key_fields()[0]),
            "outcome": row.outcome,
            "message": self._line_message(row, record, target, specs, names),
            "values": Line._encoded({name: record.values.get(name) for name in stored}),
            "before": Line._encoded(
                {name: old for name, (old, _new) in row.changes.items()}
            )
            if row.outcome == "update"
            else False,
        }

    def _present_names(self, rows, specs):
        """Return ``{(field, id): name}`` of the related records that rows replace."""
        ids = {}
        models_by_field = {spec.name: spec.model for spec in specs if spec.model}
        for row in rows:
            if row.outcome == "update":
                for name, (old, _new) in row.changes.items():
                    if old and name in models_by_field:
                        ids.setdefault(name, set()).add(old)
        return {
            (name, record.id): record.display_name
            for name, found in ids.items()
            for record in self.env[models_by_field[name]].browse(found)
        }

    def _line_message(self, row, record, target, specs, names):
        """Say in words what becomes of the row."""
        labels = {spec.name: spec.label for spec in specs}
        if row.outcome == "refused":
            return "\n".join(
                self._reason_text(reason, labels) for reason in row.reasons
            )
        if row.outcome != "update":
            return record.values.get("name") or False
        return "; ".join(
            self.env._(
                "%(field)s: %(old)s → %(new)s",
                field=labels[name],
                old=names.get((name, old)) or self._value_text(target, name, old),
                new=self._value_text(target, name, record.values.get(name)),
            )
            for name, (old, _new) in row.changes.items()
        )

    def _value_text(self, target, name, value):
        """Return a value as people read it, times in the zone of the file."""
        if value is None or value == "":
            return "–"
        if hasattr(value, "hour"):
            local = fields.Datetime.context_timestamp(
                self.with_context(tz=self.profile_id.tz), value
            )
            return local.strftime("%Y-%m-%d %H:%M")
        return tabular.as_text(target._choice_label(name, value))[:80]

    def _reason_text(self, reason, labels):
        text = self._error_text(reason.error)
        label = labels.get(reason.field)
        if not label:
            return text[:1].upper() + text[1:]
        return self.env._("%(field)s: %(problem)s", field=label, problem=text)

    def _propose_values(self, plan):
        """List the words nobody understood under Values, to be given a meaning."""
        profile = self.profile_id
        known = {
            (value.field_name, tabular.normalize(value.source))
            for value in profile.value_ids
        }
        new = {}
        for row in plan.having("refused"):
            for reason in row.reasons:
                word = reason.error.params.get("value")
                key = (reason.field, tabular.normalize(word))
                if reason.error.code == "bad_choice" and key not in known:
                    new.setdefault(key, word)
        self.env["itsm.import.value"].create(
            [
                {"profile_id": profile.id, "field_name": field_name, "source": word}
                for (field_name, _text), word in [*new.items()][:_MAX_PROPOSED_VALUES]
            ]
        )
