import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import tabular
from .itsm_import_target_ticket import QUIET


class ItsmImportTargetTicket(models.AbstractModel):
    """People, teams, categories and codes: found by name, or created."""

    _inherit = "itsm.import.target.ticket"

    # ------------------------------------------------------------------
    # Found
    # ------------------------------------------------------------------

    @api.model
    def _known_names(self, profile, field, names):
        # Former agents, closed teams and old codes are still what the ledger means.
        active_test = field.model == "res.partner"
        Model = self.env[field.model].with_context(active_test=active_test)
        records = Model.search(self._names_domain(profile, field.model, names))
        english = records.with_context(lang="en_US")
        return tabular.Directory(
            tabular.Entry(
                record.id,
                self._entry_name(record),
                (*self._entry_keys(record), self._entry_name(twin)),
            )
            for record, twin in zip(records, english, strict=True)
        )

    @api.model
    def _names_domain(self, profile, model, names):
        """Return which records names may mean: those of the desk and its company."""
        desk = profile.desk_id
        if model == "res.partner":
            return Domain("id", "in", self._partner_ids(names))
        if model == "res.users":
            return Domain("share", "=", False)
        if model == "itsm.team":
            return Domain("desk_id", "=", desk.id)
        if model == "itsm.category":
            return Domain("desk_ids", "=", False) | Domain("desk_ids", "in", desk.ids)
        if model == "hr.department" and desk.company_id:
            return Domain("company_id", "in", [desk.company_id.id, False])
        return Domain.TRUE

    @api.model
    def _partner_ids(self, names):
        """Return the contacts with these names or addresses, whatever their case.

        There may be too many to load them all. What the user may not see is left out
        by the search that follows.
        """
        Partner = self.env["res.partner"]
        Partner.flush_model(["active", "name", "email_normalized"])
        lower = [name.lower() for name in names]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                 WHERE active AND (name = ANY(%s) OR lower(name) = ANY(%s)
                                   OR email_normalized = ANY(%s))
                """,
                list(names),
                lower,
                lower,
            )
        )
        return [id_ for (id_,) in rows]

    @api.model
    def _entry_name(self, record):
        """Return the name of a record; a category goes by its path."""
        if record._name == "itsm.category":
            return record.complete_name
        return record.name

    @api.model
    def _entry_keys(self, record):
        """Return what else a record is called: code, mail address, login."""
        names = {
            "res.partner": ("email",),
            "res.users": ("login", "email"),
            "hr.department": ("complete_name",),
            "itsm.team": (),
        }.get(record._name, ("code",))
        return tuple(record[name] for name in names if record[name])

    # ------------------------------------------------------------------
    # Created
    # ------------------------------------------------------------------

    @api.model
    def _may_create(self, field):
        # Whoever may import a ledger may bring in the people who asked.
        if field.model == "res.partner":
            return True
        # A user is a contact too.
        contact = field.model != "res.users" or self.env["res.partner"].has_access(
            "create"
        )
        return contact and super()._may_create(field)

    @api.model
    def _create_named(self, profile, field, names):
        create = getattr(self, f"_create_{field.model.replace('.', '_')}", None)
        records = (
            create(profile, names) if create else self._create_code(field.model, names)
        )
        return dict(zip(names, records.ids, strict=True))

    @api.model
    def _create_res_partner(self, profile, names):
        # sudo: desk managers have no right to create contacts, but a mail to the
        # desk would create the same one; only the name and the address are set.
        Partner = self.env["res.partner"].sudo().with_context(**QUIET)
        return Partner.create(
            [{"name": name, "email": name if "@" in name else False} for name in names]
        )

    @api.model
    def _create_res_users(self, profile, names):
        """Create archived users: former agents who are named but cannot sign in."""
        Users = self.env["res.users"].with_context(no_reset_password=True, **QUIET)
        logins = self._free_codes(Users, "login", names, "imported-")
        return Users.create(
            [
                {"name": name, "login": login, "active": False}
                for name, login in zip(names, logins, strict=True)
            ]
        )

    @api.model
    def _create_itsm_team(self, profile, names):
        return self.env["itsm.team"].create(
            [{"name": name, "desk_id": profile.desk_id.id} for name in names]
        )

    @api.model
    def _create_itsm_category(self, profile, names):
        """Create categories of the desk by path; “ / ” stands behind a parent."""
        Category = self.env["itsm.category"].with_context(active_test=False)
        domain = self._names_domain(profile, Category._name, names)
        known = {tabular.normalize(c.complete_name): c for c in Category.search(domain)}
        paths = {name: name.split(" / ") for name in names}
        for level in range(1, max(len(path) for path in paths.values()) + 1):
            new = {}
            for path in paths.values():
                text = tabular.normalize(" / ".join(path[:level]))
                if len(path) >= level and text not in known:
                    new.setdefault(text, path[:level])
            created = Category.create(
                [
                    {
                        "name": path[-1],
                        "parent_id": known[tabular.normalize(" / ".join(path[:-1]))].id
                        if level > 1
                        else False,
                        "desk_ids": profile.desk_id.ids,
                    }
                    for path in new.values()
                ]
            )
            known.update(zip(new, created, strict=True))
        return Category.concat(*(known[tabular.normalize(name)] for name in names))

    @api.model
    def _create_hr_department(self, profile, names):
        company = profile.desk_id.company_id
        return self.env["hr.department"].create(
            [
                {"name": name, **({"company_id": company.id} if company else {})}
                for name in names
            ]
        )

    @api.model
    def _create_code(self, model, names):
        """Create channels or codes, which only an administrator may do."""
        Model = self.env[model]
        codes = self._free_codes(Model, "code", names)
        return Model.create(
            [
                {"name": name, "code": code}
                for name, code in zip(names, codes, strict=True)
            ]
        )

    @api.model
    def _free_codes(self, Model, field_name, names, prefix=""):
        """Return a code for each name that no record has yet."""
        wanted = [f"{prefix}{_code(name)}" for name in names]
        taken = set(
            Model.with_context(active_test=False)
            .search(Domain.OR(Domain(field_name, "=like", f"{c}%") for c in wanted))
            .mapped(field_name)
        )
        codes = []
        for code in wanted:
            free, count = code, 1
            while free in taken:
                count += 1
                free = f"{code}-{count}"
            taken.add(free)
            codes.append(free)
        return codes


def _code(name):
    """Return a code for a name, which codes and logins can be made of.

    >>> _code("Code 6 / A")
    'code-6-a'
    """
    return re.sub(r"[^\w]+", "-", name.strip().lower()).strip("-") or "x"
