from datetime import timedelta

from odoo import fields, models

from ..tools import addresses, staging
from ..tools.ledger import tabular

# Clocks of scanners differ; beyond this a moment has not come yet.
_AHEAD = timedelta(hours=1)
_MOMENT = staging.Spec("seen_at", "", "datetime")
_HOST = staging.Spec("host", "", "char")
_MAX_HOST = 253


class ItsmCiSource(models.Model):
    """What scanners see on the wire: addresses, documented or not."""

    _inherit = "itsm.ci.source"

    def _observe_addresses(self, sightings, keep=True):
        """Note which addresses a source saw; what cannot be read is refused alone.

        :param sightings: list of ``{"address", "mac", "host", "seen_at"}``
        :param keep: only look at them otherwise
        :return: ``{"seen": number, "refused": [{"row", "message"}]}``
        """
        self.ensure_one()
        words = self.env["itsm.ci.batch"]._words()
        seen, refused = [], []
        for number, sighting in enumerate(sightings, 1):
            try:
                seen.append(self._sighting(sighting))
            except tabular.TabularError as error:
                why = {"code": error.code, "key": None, "params": error.params}
                refused.append({"row": number, "message": words.reason(why)})
        space = self._address_space()
        if keep and seen and space:
            self.env["itsm.ip.address"]._observe(space, seen, self)
        return {"seen": len(seen) if space else 0, "refused": refused}

    def _address_space(self):
        """Return the space in which the addresses of the company are meant."""
        company = self.env.company
        spaces = self.env["itsm.ci"]._address_spaces_of(company)
        return spaces[company]

    def _sighting(self, sighting):
        """Return ``(address, MAC address, host name, moment)``. Raises TabularError."""
        if not isinstance(sighting, dict):
            raise tabular.TabularError("bad_row")
        if unknown := sorted(sighting.keys() - {"address", "mac", "host", "seen_at"}):
            raise tabular.TabularError("unknown_key", value=unknown[0][:80])
        for value in sighting.values():
            if value is not None and not isinstance(value, str):
                raise tabular.TabularError("bad_value", value=type(value).__name__)
        return (
            self._seen_address(sighting.get("address") or ""),
            self._seen_mac(sighting.get("mac")),
            self._seen_host(sighting.get("host")),
            self._seen_moment(sighting.get("seen_at")),
        )

    def _seen_address(self, text):
        try:
            return str(addresses.parse_address(text))
        except addresses.AddressError:
            raise tabular.TabularError("bad_address", value=text[:80]) from None

    def _seen_mac(self, text):
        if not text:
            return None
        mac = addresses.parse_mac(text)
        if not mac:
            raise tabular.TabularError("bad_mac", value=text[:80])
        return mac

    def _seen_host(self, text):
        host = staging.convert(_HOST, text)
        if host and len(host) > _MAX_HOST:
            raise tabular.TabularError("too_long")
        if host and not host.isprintable():
            raise tabular.TabularError("control_character", value=ascii(host)[:80])
        return host

    def _seen_moment(self, text):
        """Return when an address was seen, now unless told; never in the future."""
        now = fields.Datetime.now()
        told = staging.convert(_MOMENT, text)
        moment = fields.Datetime.to_datetime(told) if told else now
        if moment > now + _AHEAD:
            raise tabular.TabularError("bad_date", value=text[:80])
        return min(moment, now)
