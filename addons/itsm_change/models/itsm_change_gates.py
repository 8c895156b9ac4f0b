from odoo import models
from odoo.exceptions import UserError

from ..tools import gates


class ItsmChange(models.Model):
    """What has to be true before a change moves on, and what of it is missing yet."""

    _inherit = "itsm.change"

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    def _gate_facts(self):
        """Return ``{key: (holds, text)}`` for the keys of ``itsm.change.gate``.

        Hook: features add their keys with ``super()._gate_facts() | {...}``. ``text``
        is a sentence in the user's language that says what to do where the fact does
        not hold. ``holds`` is None where the fact does not apply to the change: it is
        not asked for then, nor listed as if somebody had seen to it. Called on one
        change, with all rights: a text must not name what the user
        (``self.env.user``) may not see.
        """
        self.ensure_one()
        return {
            "implementer": (
                bool(self.implementer_id),
                self.env._("Name the implementer, who leads the work."),
            ),
        }

    def _gate_list(self, verb):
        """Return the gates before a verb: ``[{"key", "label", "holds", "text"}]``."""
        self.ensure_one()
        # sudo: whether a fact holds does not depend on who looks.
        change = self.sudo()
        facts = change._gate_facts()
        Gate = self.env["itsm.change.gate"]
        labels = dict(Gate._fields["key"]._description_selection(self.env))
        known = gates.Facts(
            type=change.type,
            risk=change.risk or None,
            has_outage=change.has_outage,
            holds={key: bool(holds) for key, (holds, _text) in facts.items()},
            idle=frozenset(key for key, fact in facts.items() if fact[0] is None),
        )
        rules = Gate._rules()
        open_keys = set(gates.missing(known, rules, verb))
        return [
            {
                "key": key,
                "label": labels[key],
                "holds": key not in open_keys,
                # A gate whose fact nobody gathers stays closed, and says its name.
                "text": str(facts[key][1] if key in facts else labels[key]),
            }
            for key in gates.asked(known, rules, verb)
        ]

    def _missing(self, verb):
        """Return the sentences that say what is missing before a verb."""
        return [row["text"] for row in self._gate_list(verb) if not row["holds"]]

    def _refuse_missing(self, verb):
        """Refuse a verb on changes that do not fulfil all that it asks for."""
        problems = {change: change._missing(verb) for change in self}
        problems = {change: texts for change, texts in problems.items() if texts}
        if not problems:
            return
        raise UserError(
            "\n\n".join(
                self.env._(
                    "%(change)s cannot go on yet. What is missing:\n%(missing)s",
                    change=change.display_name,
                    missing="\n".join(f"• {text}" for text in texts),
                )
                for change, texts in problems.items()
            )
        )
