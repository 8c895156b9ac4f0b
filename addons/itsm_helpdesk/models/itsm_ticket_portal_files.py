import os

from odoo import api, models

from ..tools import upload


class ItsmTicket(models.Model):
    """The files that requesters send, with a new ticket or an answer."""

    _inherit = "itsm.ticket"

    @api.model
    def _portal_max_file_bytes(self):
        """Return the most bytes a file may have: this module's limit or Odoo's."""
        # sudo: one setting, which the page shows anyway.
        param = self.env["ir.config_parameter"].sudo()
        setting = param.get_param("web.max_file_upload_size", "")
        limit = int(setting) if setting.isdecimal() else upload.MAX_FILE_BYTES
        return min(limit, upload.MAX_FILE_BYTES)

    @api.model
    def _portal_read_files(self, files):
        """Return the files under safe names, and what is wrong with them, if so."""
        if len(files) > upload.MAX_FILES:
            return [], self.env._(
                "Files: at most %(count)s. Put more into an archive (zip).",
                count=upload.MAX_FILES,
            )
        files = [(upload.clean_name(name), stream) for name, stream in files]
        for name, stream in files:
            sentence = self._portal_file_refusal(name, stream)
            if sentence:
                return [], sentence
        return files, None

    @api.model
    def _portal_file_refusal(self, name, stream):
        """Return a sentence that says why a file is refused, or None."""
        max_bytes = self._portal_max_file_bytes()
        stream.seek(0, os.SEEK_END)
        size = stream.tell()
        stream.seek(0)
        head = stream.read(upload.HEAD_BYTES)
        stream.seek(0)
        reason = upload.refusal(name, size, head, max_bytes)
        if not reason:
            return None
        sentences = {
            upload.EMPTY: self.env._("Files: “%(name)s” is empty.", name=name),
            upload.TOO_LARGE: self.env._(
                "Files: “%(name)s” is larger than %(size)s MB.",
                name=name,
                size=f"{max_bytes / 1024 / 1024:g}",
            ),
            upload.PROGRAM: self.env._(
                "Files: “%(name)s” is a program. Programs are not accepted.", name=name
            ),
        }
        return sentences[reason]
