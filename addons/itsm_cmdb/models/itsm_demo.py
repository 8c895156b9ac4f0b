import base64
import io
import math

from PIL import Image, ImageDraw

from odoo import api, fields, models

from ..tools.origin import Origin


class ItsmDemo(models.AbstractModel):
    """Gives the demo items a life, by the verbs that people use and as those people.

    What is loaded a second time has happened already and is left alone.
    """

    _inherit = "itsm.demo"

    @api.model
    def _as(self, login, record):
        """Return records as somebody of the demo sees them."""
        user = self.env["res.users"].search([("login", "=", login)])
        return record.with_user(user or self.env.user)

    @api.model
    def _happen(self, event_id, verbs):
        """Let the engineer use verbs on an event; ``sign`` is what its person does."""
        event = self.env["itsm.ci.event"].browse(event_id)
        if event.state != "draft":
            return
        newest = self._newest_mail()
        for verb in verbs:
            if verb == "sign":
                event._sign(self._drawn_signature(), None)
            else:
                getattr(self._as("engineer", event), verb)()
        self._drop_mails_after(newest)

    @api.model
    def _drawn_signature(self):
        """Return a stroke of a pen, as PNG in base64."""
        points = [
            (20 + x, 60 - 30 * math.sin(x / 17) * math.cos(x / 41)) for x in range(260)
        ]
        image = Image.new("RGB", (300, 120), "white")
        ImageDraw.Draw(image).line(points, fill="black", width=3)
        stream = io.BytesIO()
        image.save(stream, "PNG")
        return base64.b64encode(stream.getvalue())

    @api.model
    def _analyse(self, ticket_ids):
        """Run the impact analysis of tickets."""
        self.env["itsm.ticket"].browse(ticket_ids).action_analyse_impact()

    @api.model
    def _address_from_ledger(self, interface_id, address):
        """Let a ledger say that an interface has an address, whoever has it."""
        origin = Origin(source="ledger")
        Address = self.env["itsm.ip.address"].with_context(itsm_ci_origin=origin)
        known = [("interface_id", "=", interface_id), ("address", "=", address)]
        if not Address.search_count(known, limit=1):
            Address.create({"interface_id": interface_id, "address": address})

    @api.model
    def _count(self, stocktake_id, login, scans):
        """Begin a stock-take and let somebody scan ``[(label, room id)]``."""
        stocktake = self.env["itsm.ci.stocktake"].browse(stocktake_id)
        if stocktake.state != "draft":
            return
        stocktake.action_start()
        for label, room_id in scans:
            self._as(login, stocktake).scan(label, room_id)

    @api.model
    def _attest(self, attestation_id, answers):
        """Begin an attestation and answer ``[(login, item, answer, comment)]``."""
        attestation = self.env["itsm.ci.attestation"].browse(attestation_id)
        if attestation.state != "draft":
            return
        attestation.action_start()
        for login, item, answer, comment in answers:
            line = attestation.line_ids.filtered(
                lambda line, login=login, item=item: (
                    line.user_id.login == login and line.ci_id.name == item
                )
            )
            self._as(login, line).sudo()._answer({line.id: (answer, comment)})
        self._drop_mails_of(attestation.person_ids)
        self._drop_mails_of(attestation)

    @api.model
    def _change_items(self, login, values):
        """Let somebody change items, under nothing that covers it.

        It happens at this moment: the transaction began before the audit's watch.
        """
        items = self._as(login, self.env["itsm.ci"])
        now = fields.Datetime.now()
        items._under(source="manual", at=now)._write_values(values)

    @api.model
    def _stage_batch(self, name, source_code, rows):
        """Stage rows of a source and plan them; nobody has decided yet."""
        Batch = self.env["itsm.ci.batch"]
        if Batch.search_count([("name", "=", name)], limit=1):
            return
        source = self.env["itsm.ci.source"].search([("code", "=", source_code)])
        Batch._start(source, name, rows).plan()

    @api.model
    def _audit(self):
        """Run all rules of the audit once."""
        rules = self.env["itsm.ci.audit.rule"].search([("last_run", "=", False)])
        rules.filtered(lambda rule: rule.kind != "attestation").action_run()

    @api.model
    def _drop_mails_of(self, records):
        """Drop mails of what happened; its people do not exist."""
        mails = self.env["mail.mail"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)]
        )
        mails.unlink()
