from contextlib import suppress

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import service_file
from .itsm_service_exchange_export import Export
from .itsm_service_exchange_import import Import
from .itsm_service_exchange_outcome import Outcome, Remark


class Undo(Exception):
    """Take back everything since the savepoint; the outcome is known."""


class ItsmService(models.Model):
    """Services move between databases as one JSON file.

    ``tools.service_file`` knows the file; ``itsm_service_exchange_export`` reads
    services into it, ``itsm_service_exchange_import`` writes them from it. Versions of
    a service are no matter of it: see ``itsm_service_snapshot``.
    """

    _inherit = "itsm.service"

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    def _export_data(self):
        """Return the services, with all that moves with them, as a file holds them.

        Approval policies are told to those who may read them.
        """
        self.check_access("read")
        policies = self.sudo().approval_policy_id.sudo(False)
        return Export(self, policies=policies._filtered_access("read")).data()

    def _export_file(self):
        """Return the bytes of a file with these services.

        What could not be imported again is not exported either.
        """
        data = self._export_data()
        problems = service_file.validate(data)
        if problems:
            raise UserError(
                self.env._(
                    "These services cannot be exported before this is mended:\n"
                    "%(problems)s",
                    problems=self._outcome_of(problems).text(),
                )
            )
        content = service_file.write(data)
        if len(content) > service_file.MAX_BYTES:
            raise UserError(
                self.env._(
                    "The file would be too large: most of it are pictures. Export "
                    "fewer services at once."
                )
            )
        return content

    def _export_filename(self):
        """Return what the file is called."""
        return f"{self.code}.json" if len(self) == 1 else "services.json"

    def action_export(self):
        """Download the services as a file."""
        self.check_access("write")
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/itsm/services/export?ids={ids}",
            "target": "download",
        }

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    @api.model
    def _import_data(self, data, dry_run=False, desk=None, update_shared=False):
        """Create or change the services of a file; all of them or none.

        Nothing is ever published: new services are drafts, of others the working copy
        changes.

        :param data: content of a service file
        :param dry_run: do it, tell what came of it, and undo it
        :param desk: for services whose desk is not known here
        :param update_shared: also change question sets and categories that are here
        :return: ``Outcome``; where it has problems, nothing was imported
        """
        try:
            data = service_file.upgrade(data)
        except service_file.FileRefused as refused:
            return self._outcome_of(refused.problems)
        problems = service_file.validate(data)
        if problems:
            return self._outcome_of(problems)
        job = Import(self.env, data, desk=desk, update_shared=update_shared)
        return self._undone(job.run, dry_run)

    @api.model
    def _import_file(self, content, **options):
        """Import the bytes of a file; see ``_import_data``."""
        try:
            data = service_file.read(content)
        except service_file.FileRefused as refused:
            return self._outcome_of(refused.problems)
        return self._import_data(data, **options)

    @api.model
    def _undone(self, run, dry_run=False):
        """Run an import; undo it where it shall be tried only, or has problems."""
        outcome = None
        with suppress(Undo), self.env.cr.savepoint():
            outcome = run()
            if dry_run or outcome.problems:
                raise Undo
        return outcome

    @api.model
    def _outcome_of(self, problems):
        """Return the outcome of a file that cannot be imported."""
        text = self.env["itsm.service.exchange"]._problem_text
        return Outcome(
            problems=[Remark(problem.path, text(problem)) for problem in problems]
        )
