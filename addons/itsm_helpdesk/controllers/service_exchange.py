from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request


class ServiceExchange(http.Controller):
    """Download of services as a file."""

    @http.route("/itsm/services/export", type="http", auth="user", readonly=True)
    def export(self, ids="", **_options):
        """Return a service file.

        :param ids: ids with commas between them
        """
        numbers = [int(each) for each in ids.split(",") if each.isdecimal()]
        services = request.env["itsm.service"].browse(numbers).exists()
        if not services:
            raise request.not_found()
        try:
            # Whoever may change a service may take it along with its plan and people.
            services.check_access("write")
            content = services._export_file()
        except UserError as error:
            return request.make_response(
                str(error.args[0]),
                [("Content-Type", "text/plain; charset=utf-8")],
                status=403,
            )
        return request.make_response(
            content,
            [
                ("Content-Type", "application/json"),
                (
                    "Content-Disposition",
                    content_disposition(services._export_filename()),
                ),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
