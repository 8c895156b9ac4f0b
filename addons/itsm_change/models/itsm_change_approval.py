import re

from odoo import SUPERUSER_ID, models
from odoo.tools import format_datetime, html2plaintext

from odoo.addons.itsm_approval.models.itsm_approval import UNDER_WAY

from ..tools import states
from .itsm_change_plans import PLANS

# What people decide on, in the order in which they read it.
SUBJECT = (
    "name",
    "type",
    "category_id",
    "risk",
    "reason",
    "description",
    "planned_start",
    "planned_end",
    "has_outage",
    "outage_start",
    "outage_end",
    *PLANS,
)
ALWAYS = frozenset({"name", "type", "risk", "reason", "planned_start", "planned_end"})
_ITEM = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
_STRESS = re.compile(r"</?(?:b|em|i|strong|u)\b[^>]*>", re.IGNORECASE)
# Between the question and the work, what was asked has to stay as it was.
DECIDED_ON = (states.AUTHORIZE, states.SCHEDULED)


class ItsmChange(models.Model):
    """What approvers decide on, and what follows from their decision.

    Whoever accepts a change has it approved: the first policy that fits says by whom.
    Where none asks anybody it goes on. What is approved and then altered is asked
    again, and gets back to where it waits.
    """

    _inherit = "itsm.change"

    _approval_subject_fields = frozenset(SUBJECT)
    _approval_people_fields = frozenset(
        {"implementer_id", "requester_id", "submitted_by_id"}
    )

    # ------------------------------------------------------------------
    # What is decided on
    # ------------------------------------------------------------------

    def _approval_subject(self):
        """Return scope, items, dates, outage and plans, without what is not there."""
        change = self.sudo()  # sudo: approvers decide on all of it
        rows = super(ItsmChange, change)._approval_subject()
        order = {name: place for place, name in enumerate(SUBJECT)}
        rows = [row for row in rows if row["text"] or row["key"] in ALWAYS]
        rows.sort(key=lambda row: order.get(row["key"], len(order)))
        place = next(
            place for place, row in enumerate(rows) if row["key"] == "planned_start"
        )
        return [*rows[:place], *change._approval_items(), *rows[place:]]

    def _approval_items(self):
        """Return the items as rows: those it is made on, and those it is not on."""
        links = self.ci_link_ids.sorted(lambda link: link.ci_id.id)
        outside = links.filtered("excluded")
        chosen = links.filtered(lambda link: link.role == "affected") - outside
        states_of = dict(links._fields["state"]._description_selection(self.env))
        rows = [
            {
                "key": "items",
                "label": self.env._("Items"),
                "value": [[link.ci_id.id, link.state or False] for link in chosen],
                "text": "\n".join(
                    " – ".join(
                        filter(
                            None, (link.ci_id.display_name, states_of.get(link.state))
                        )
                    )
                    for link in chosen
                ),
            }
        ]
        if outside:
            rows.append(
                {
                    "key": "items_excluded",
                    "label": self.env._("Said Not to Be Affected"),
                    "value": outside.ci_id.ids,
                    "text": "\n".join(outside.ci_id.mapped("display_name")),
                }
            )
        return rows

    def _approval_subject_row(self, name):
        """Return a field as a row, with texts and moments as people write them."""
        row = super()._approval_subject_row(name)
        kind, value = self._fields[name].type, self[name]
        if kind == "html":
            row["text"] = _plain(value or "")
        elif kind == "datetime" and value:
            row["text"] = self._approval_moment(value)
        elif name == "risk":
            row["text"] = row["text"] or self.env._("Not assessed")
            if self.type == states.EMERGENCY:
                # It is decided on as an emergency, whatever is found at its start.
                row["value"] = False
        return row

    def _approval_moment(self, moment):
        """Return a moment by the clock of the house: everybody reads the same text."""
        zone = self.company_id.resource_calendar_id.tz or "UTC"
        text = format_datetime(self.env, moment, tz=zone, dt_format="short")
        return f"{text} ({zone})"

    # ------------------------------------------------------------------
    # Who must not decide
    # ------------------------------------------------------------------

    def _approval_requesters(self):
        # sudo: who asked is compared, nothing is shown.
        return self.sudo()._requesters()

    def _approval_implementers(self):
        # sudo: who does it is compared, nothing is shown.
        return self.sudo()._implementers().partner_id

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _by_itself(self):
        """Return the changes for what follows by itself, whoever caused it."""
        return self.with_user(SUPERUSER_ID)

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb == "accept":
            self._ask_approval()
        elif verb == "send_back":
            self._write_system({"approval_not_needed": False})
            self._approval_withdraw(self.env._("The change was sent back."))
        elif verb == "cancel":
            self._approval_withdraw(self.env._("The change was given up."))
        return result

    def _ask_approval(self):
        """Ask who has to decide; what nobody has to decide on goes on."""
        self._approval_request()
        waiting = self.filtered(lambda change: change.approval_state in UNDER_WAY)
        waiting._write_system({"approval_not_needed": False})
        (self - waiting)._go_on_unasked()

    def _go_on_unasked(self):
        """Let changes go on for which no policy asks anybody."""
        if not self:
            return
        self._write_system({"approval_not_needed": True})
        waiting = self.filtered(lambda change: change.state == states.AUTHORIZE)
        if waiting:
            waiting._by_itself()._authorize()

    def _items_moved(self):
        result = super()._items_moved()
        self._approval_recheck()
        return result

    def _approval_recheck(self):
        """Ask again where what was decided on has changed, or now needs a decision."""
        changes = self.filtered(lambda change: change.state in DECIDED_ON)
        unasked = changes.filtered("approval_not_needed")
        result = super(ItsmChange, changes - unasked)._approval_recheck()
        void = (changes - unasked).filtered(
            lambda change: change.approval_state == "void"
        )
        void._go_on_unasked()
        unasked._ask_after_all()
        return result

    def _ask_after_all(self):
        """Ask about changes that needed no decision as they were before."""
        if not self:
            return
        self._approval_request()
        asked = self.filtered(lambda change: change.approval_state in UNDER_WAY)
        asked._write_system({"approval_not_needed": False})
        asked._wait_again(self.env._("It needs approval as it is now."))

    def _wait_again(self, reason):
        """Take scheduled changes back to where they wait for a decision."""
        scheduled = self.filtered(lambda change: change.state == states.SCHEDULED)
        if scheduled:
            scheduled._by_itself()._reauthorize(reason)

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _approval_granted(self):
        result = super()._approval_granted()
        waiting = self.filtered(lambda change: change.state == states.AUTHORIZE)
        if waiting:
            waiting._by_itself()._authorize()
        return result

    def _approval_refused(self, reason):
        result = super()._approval_refused(reason)
        self._back_to_draft(reason or self.env._("It was rejected."))
        return result

    def _approval_withdrawn(self, reason):
        result = super()._approval_withdrawn(reason)
        self._back_to_draft(reason or self.env._("The request was withdrawn."))
        return result

    def _back_to_draft(self, reason):
        changes = self.filtered(lambda change: change.state in DECIDED_ON)
        if changes:
            changes._by_itself()._begin("send_back")._move("send_back", reason=reason)

    def _approval_voided(self):
        result = super()._approval_voided()
        # sudo: what has changed stands in the approval, whoever changed it.
        for reason, changes in self.sudo().grouped(_void_reason).items():
            changes._wait_again(reason)
        return result

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    def _gate_facts(self):
        # Where nobody has to approve, nobody did.
        holds = None if self.approval_not_needed else self.approval_state == "granted"
        return super()._gate_facts() | {"approval": (holds, self._approval_obstacle())}

    def _approval_obstacle(self):
        """Say why the change is not approved."""
        if self.approval_state in UNDER_WAY:
            return self.env._(
                "Waiting for the decision of %(names)s.",
                names=self.approval_id.waiting_for or self.env._("the approvers"),
            )
        if self.approval_state == "refused":
            return self.env._("It was rejected. Send it back, and alter it.")
        return self.env._(
            "It was not approved. Send it back: who accepts it asks for approval."
        )


def _void_reason(change):
    """Return what has changed on a change whose approval became void."""
    return change.approval_id.reason or ""


def _plain(html):
    """Return what people wrote as text, with lists line by line."""
    text = html2plaintext(_ITEM.sub("<br/>• ", _STRESS.sub("", html)))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
