from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CmdbPortalAttestation(CustomerPortal):
    """The pages on which staff say whether what is on file of their items is right."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_attestation_count" in counters:
            lists = request.env["itsm.ci.attestation.person"]._portal_open_lists()
            values["itsm_attestation_count"] = len(lists)
        return values

    @http.route("/my/attestations", type="http", auth="user", website=True)
    def portal_my_attestations(self, **_asked):
        """The running lists of the signed-in person; a single one at once."""
        lists = request.env["itsm.ci.attestation.person"]._portal_lists()
        if len(lists) == 1:
            return request.redirect(f"/my/attestations/{lists.id}")
        return request.render(
            "itsm_cmdb.portal_attestations",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_attestations",
                "lists": lists,
            },
        )

    @http.route(
        "/my/attestations/<int:list_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_attestation(self, list_id, done=None, **_asked):
        """One list: all its items, each right or wrong."""
        person = request.env["itsm.ci.attestation.person"]._portal_find(list_id)
        if not person:
            return request.redirect("/my/attestations")
        return self._itsm_render_attestation(person, is_done=bool(done))

    @http.route(
        "/my/attestations/<int:list_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_attestation_answer(self, list_id, **form):
        """Take the answers; those that are incomplete are asked for again."""
        person = request.env["itsm.ci.attestation.person"]._portal_find(list_id)
        if not person:
            return request.redirect("/my/attestations")
        try:
            with request.env.cr.savepoint():
                errors, _count = person._portal_answer(form)
        except UserError as error:
            request.env.invalidate_all()
            return self._itsm_render_attestation(person, problem=str(error), form=form)
        if errors:
            return self._itsm_render_attestation(person, errors=errors, form=form)
        return request.redirect(f"/my/attestations/{list_id}?done=1")

    def _itsm_render_attestation(self, person, errors=None, form=None, **messages):
        """Show the list with what was typed and what is missing."""
        rows = person._portal_rows()
        for row in rows if form else ():
            row["answer"] = form.get(f"answer_{row['id']}") or row["answer"]
            row["comment"] = form.get(f"comment_{row['id']}") or row["comment"]
        return request.render(
            "itsm_cmdb.portal_attestation",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_attestations",
                "person": person,
                "rows": rows,
                "errors": errors or {},
                "is_done": False,
                "problem": None,
                **messages,
            },
        )
