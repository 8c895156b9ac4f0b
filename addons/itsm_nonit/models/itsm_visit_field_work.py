from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import field_work
from .itsm_visit import OPEN_VISIT_STATES


class ItsmVisit(models.Model):
    """What a phone in the field sends: one entry at a time, in the order made.

    An entry names a task or a ticket, not a visit: who began to work without a
    network does not know the visit's number. It may come twice, and late.
    """

    _inherit = "itsm.visit"

    @api.model
    def field_do(self, raw):
        """Take one entry of the current user; sent again, it changes nothing.

        :param raw: see :func:`~..tools.field_work.read`
        :return: what the phone shows of the work now
        """
        self._refuse_strangers()
        try:
            entry = field_work.read(raw)
        except field_work.Unreadable as error:
            raise UserError(
                self.env._(
                    "The entry cannot be read (%(part)s), so nothing was done.",
                    part=str(error),
                )
            ) from None
        job = self._job_of(entry)
        visit = self._received(entry)
        if visit is None:
            visit = self._take(entry, job)
        elif visit:
            job = visit._job()
        else:
            job.check_access("read")
        return {
            "job": self._field_jobs(job, visit)[:1],
            "finished": entry.verb == "finish" and visit._field_end(),
        }

    @api.model
    def _refuse_strangers(self):
        if not self.env.user.has_group("itsm_helpdesk.group_itsm_agent"):
            raise AccessError(
                self.env._("Only agents of a desk have work in the field.")
            )

    @api.model
    def _job_of(self, entry):
        """Return the task or ticket that an entry names.

        The user may have lost the right to it while the phone was away; what they
        did before is kept with their visit, see :meth:`_take`.
        """
        model = "itsm.task" if entry.task_id else "itsm.ticket"
        job = self.env[model].browse(entry.task_id or entry.ticket_id).exists()
        if not job:
            raise UserError(self.env._("This work is not on record any more."))
        return job

    @api.model
    def _received(self, entry):
        """Return the visit of an entry that came before, None for a new one."""
        # sudo: the key decides; whose entry it was is looked at here.
        step = (
            self.env["itsm.visit.step"].sudo().search([("client_key", "=", entry.key)])
        )
        if step and step.user_id != self.env.user:
            raise AccessError(self.env._("This entry was made by somebody else."))
        return step.visit_id.with_env(self.env) if step else None

    @api.model
    def _take(self, entry, job):
        """Do what an entry says, and keep its key."""
        visit = self._open_visit(job)
        if not visit:
            # Only who may work on it gets a visit, forced or not.
            job.check_access("write")
        at = field_work.moment(
            fields.Datetime.now(), entry.age, visit._last_fact() if visit else None
        )
        step = self._record_step(entry, at)
        if entry.verb == "start":
            visit = self._begin_work(job, entry, at)
        elif entry.verb == "check":
            job._field_tick(**entry.values)
        elif not visit:
            raise UserError(
                self.env._(
                    "You are not at work on “%(job)s” just now. Start it first.",
                    job=job.display_name,
                )
            )
        else:
            visit._do(entry, at)
        step.visit_id = visit
        return visit

    def _do(self, entry, at):
        """Do what an entry says to an open visit."""
        match entry.verb:
            case "pause":
                self._rest(at)
            case "resume":
                self._work_on(at)
            case "photo":
                self._add_photo(at=at, **entry.values)
            case "part":
                self._use_part(**entry.values)
            case "sign":
                self._sign(at=at, **entry.values)
            case "finish":
                self._finish(entry, at)

    @api.model
    def _record_step(self, entry, at):
        """Keep an entry's key first of all.

        Where the same entry is being received in another transaction, the database
        lets this one wait and then has it repeated; it finds the entry then.
        """
        Step = self.env["itsm.visit.step"].sudo()  # sudo: kept by the system only
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %s (client_key, user_id, verb, done_at, received_at,
                                is_forced, create_uid, create_date)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (client_key) DO NOTHING RETURNING id
                """,
                SQL.identifier(Step._table),
                *(entry.key, self.env.uid, entry.verb, at, now),
                *(entry.forced, self.env.uid, now),
            ),
            log_exceptions=False,
        )
        return Step.browse(self.env.cr.fetchone()[0])

    # ------------------------------------------------------------------
    # What the phone reads
    # ------------------------------------------------------------------

    @api.model
    def field_day(self):
        """Return all that a phone needs for a day without a network."""
        self._refuse_strangers()
        tasks = self._field_tasks()
        tickets = self._field_tickets(tasks)
        # sudo: one's own visits, also for work that was given to others since.
        visits = self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("state", "in", ("planned", *OPEN_VISIT_STATES)),
            ]
        )
        tasks |= visits.task_id.with_env(self.env)
        tickets |= visits.filtered(lambda visit: not visit.task_id).ticket_id.with_env(
            self.env
        )
        return {
            "jobs": self._field_jobs(tasks, visits) + self._field_jobs(tickets, visits),
            "codes": [
                {"code": code.code, "name": code.name}
                for code in self.env["itsm.resolution.code"].search([])
            ],
            "products": self._field_known_products(),
        }

    @api.model
    def field_products(self, words):
        """Return products by words of their names, codes or barcodes."""
        self._refuse_strangers()
        Product = self.env["product.product"]
        found = Product.name_search(
            str(words or "")[:100], [("type", "=", "consu")], limit=20
        )
        return self._field_products(Product.browse(id_ for id_, _name in found))

    @api.model
    def _field_known_products(self):
        """Return the products that are offered without a network: the usual first."""
        used = self.env["itsm.visit.part"]._read_group(
            [("visit_id.user_id", "=", self.env.uid)],
            ["product_id"],
            ["__count"],
            order="__count DESC",
            limit=50,
        )
        Product = self.env["product.product"]
        usual = Product.union(*(product for product, _count in used))
        usual = usual._filtered_access("read").filtered("active")
        return self._field_products(
            usual | Product.search([("type", "=", "consu")], limit=250)
        )

    @api.model
    def _field_products(self, products):
        return [
            {"id": product.id, "name": product.display_name, "uom": product.uom_id.name}
            for product in products
        ]
