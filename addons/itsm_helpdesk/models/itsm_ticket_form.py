from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mimetypes import guess_mimetype

from ..tools import upload
from ..tools.form import definition as form_definition
from ..tools.form import reading, references
from ..tools.form.values import FileFact
from ..tools.request_subject import fill
from .itsm_ticket_portal_form import _KEY, MAX_SUBJECT, PortalFormError


class ItsmTicket(models.Model):
    """How a request form becomes a ticket.

    Forms are read again here, whatever the browser said: hidden answers are dropped,
    chosen records must have been offered, files are judged by what they are.
    """

    _inherit = "itsm.ticket"

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _request_submit(
        self, service, raw, files=None, requested_for=None, portal_key=None
    ):
        """Open a request for the current user from the answers they gave.

        :param service: the service asked for, a record with the user's own rights
        :param raw: ``{key: answer}`` as sent
        :param files: ``{path: [(name, binary stream)]}``
        :param requested_for: contact who needs it, else the user
        :param portal_key: mark of the form, so that sending it twice makes one ticket
        :return: the ticket, with the user's own rights
        :raise PortalFormError: with a sentence for each answer that is wrong
        """
        service._check_may_request()
        service = service.sudo()  # sudo: plan, policy and team are not for requesters
        version = service.version_id
        answers, uploads = self._request_read(version, raw, files or {})
        attachments = self._keep_uploads(answers, uploads)
        vals = {
            **self._request_values(service, version, answers),
            **self._request_origin(service, requested_for),
        }
        if portal_key and _KEY.fullmatch(portal_key):
            vals["portal_key"] = portal_key
        # sudo: requesters open requests by this form only; all was checked above.
        ticket = self.sudo().with_context(mail_create_nosubscribe=True)
        ticket = ticket._create_requests([vals])
        attachments.write({"res_id": ticket.id})
        self.env["itsm.request.draft"]._forget(service)
        return self.browse(ticket.id)

    @api.model
    def request_service(self, service, answers=None, requested_for=None):
        """Ask for a service from a script, as the form on the portal would.

        :param service: id or code
        :param answers: ``{key: answer}``; see the form of the service
        :param requested_for: id of the contact who needs it; agents only
        :return: id of the ticket
        :raise UserError: with a sentence for each answer that is wrong
        """
        Service = self.env["itsm.service"]
        if isinstance(service, str):
            found = Service.search([("code", "=", service)], limit=1)
        else:
            found = Service.browse(service if isinstance(service, int) else ())
        person = self.env["res.partner"]
        if requested_for:
            if not self.env.user.has_group("itsm_helpdesk.group_itsm_agent"):
                raise AccessError(
                    self.env._("Only agents may ask for somebody else from a script.")
                )
            person = person.browse(requested_for).exists()
        raw = answers if isinstance(answers, dict) else {}
        return self._request_submit(found, raw, requested_for=person).id

    @api.model
    def _create_requests(self, vals_list):
        """Create requests: as the system, then with all that people's tickets get."""
        tickets = self._as_system().create(vals_list)
        # Not as the system: what follows a registration happens to them too.
        tickets = self.browse(tickets.ids)
        tickets._after_register()
        return tickets

    @api.model
    def _request_origin(self, service, requested_for):
        """Return who asks, for whom, and on which way; here the user, on the portal."""
        return {
            "partner_id": self.env.user.partner_id.id,
            "requested_for_id": self._request_person(service, requested_for).id,
            "channel_id": self.env.ref("itsm_helpdesk.channel_portal").sudo().id,
        }

    @api.model
    def _request_person(self, service, person):
        """Return the contact who needs it, where the user may ask for them."""
        own = self.env.user.partner_id
        if not person or person == own:
            return own
        if not service.for_others:
            raise UserError(
                self.env._(
                    "“%(service)s” can only be asked for by those who need it.",
                    service=service.name,
                )
            )
        return person

    @api.model
    def _request_values(self, service, version, answers):
        """Return the values of a ticket for a service, with its answers."""
        return {
            **self._answer_values(version, answers),
            "name": self._request_subject(service, version, answers),
            "service_id": service.id,
            "location_id": self._answered_place(service, version, answers).id,
            "desk_id": service.desk_id.id,
            "team_id": service.team_id.id,
            "type": service.ticket_type,
            "category_id": service.ticket_category_id.id,
            "impact": service.impact,
            "urgency": service.urgency,
        }

    @api.model
    def _request_subject(self, service, version, answers):
        """Return the subject: the service's pattern, filled with answers' texts."""
        pattern = service.subject_pattern
        if not pattern:
            return service.name
        definition = version._definition(self.env.lang)
        names = self._answer_names(definition, answers)
        words = {
            question["key"]: self._answer_shown(
                question, answers[question["key"]], names
            )["text"]
            for question in definition.get("questions", ())
            if question["key"] in answers
        }
        words["service"] = service.name
        return fill(pattern, words)[:MAX_SUBJECT] or service.name

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _request_read(self, version, raw, files, kept=()):
        """Return the clean answers of a form, and the files to be kept.

        :param version: version of the form, with the system's rights
        :param kept: ids of files that were given before and may stay
        :return: answers, and ``{path: [(name, stream)]}``
        :raise PortalFormError: with a sentence for each answer that is wrong
        """
        definition = version._definition(self.env.lang)
        files, errors = self._read_form_files(files)
        result = reading.read(
            definition,
            raw,
            today=fields.Date.context_today(self),
            zone=self.env.tz.zone,
            known=self._form_known(definition, raw, kept),
            files=self._file_facts(files),
            max_file_bytes=self._portal_max_file_bytes(),
        )
        sentences = self.env["itsm.form.messages"]._sentences(
            definition, result.problems
        )
        if sentences or errors:
            raise PortalFormError({**sentences, **errors})
        return result.answers, {path: files[path] for path in result.uploads}

    @api.model
    def _form_known(self, definition, raw, kept=()):
        """Return which of the chosen records the user was offered, by path."""
        questions = dict(form_definition.flatten(definition))
        wanted = references.wanted(definition, raw)
        known = {
            path: set(kept) for path in wanted if questions[path]["type"] == "file"
        }
        chosen = {path: found for path, found in wanted.items() if path not in known}
        offered = self.env["itsm.form.lookup"]._known(
            [(questions[path], list(found.ids)) for path, found in chosen.items()]
        )
        return {**known, **dict(zip(chosen, offered, strict=True))}

    @api.model
    def _read_form_files(self, files):
        """Return the files under safe names, and what is wrong with them, by path."""
        if sum(map(len, files.values())) > upload.MAX_FILES:
            return {}, {
                next(iter(files)): self.env._(
                    "Files: at most %(count)s in one form. Put more into an archive "
                    "(zip).",
                    count=upload.MAX_FILES,
                )
            }
        clean, errors = {}, {}
        for path, sent in files.items():
            found, sentence = self._portal_read_files(sent)
            if sentence:
                errors[path] = sentence
            else:
                clean[path] = found
        return clean, errors

    @api.model
    def _file_facts(self, files):
        """Return name, size and kind of each file, the kind by its content."""
        return {
            path: [_facts(name, stream) for name, stream in sent]
            for path, sent in files.items()
        }

    @api.model
    def _keep_uploads(self, answers, uploads):
        """Keep the new files of a form and put their ids into the answers.

        :return: the files, which belong to no ticket yet
        """
        # sudo: requesters may not write on tickets; the files stay the user's own.
        Attachment = self.env["ir.attachment"].sudo()
        kept = Attachment
        for key, sent in uploads.items():
            answers[key] = [file for file in answers[key] if isinstance(file, int)]
            for name, stream in sent:
                # One after the other, so that only one is in memory at a time.
                file = Attachment.create(
                    {"name": name, "raw": stream.read(), "res_model": self._name}
                )
                answers[key].append(file.id)
                kept |= file
        return kept


def _facts(name, stream):
    """Return what ``reading`` wants to know of a file."""
    stream.seek(0)
    data = stream.read()
    stream.seek(0)
    return FileFact(name=name, size=len(data), mimetype=guess_mimetype(data))
