from odoo import api, models
from odoo.exceptions import AccessError

# Passed in the context by a model's own code. An identity cannot be sent through RPC,
# so no client can claim to be the system.
_SYSTEM = object()


class ItsmGuardedMixin(models.AbstractModel):
    """Facts that only a model's own verbs set.

    A figure that a form or an API call can overwrite proves nothing. So values for
    these fields are refused, and defaults for them ignored, whoever sends them: people
    of all roles, and also code that only runs as superuser.

    Models name the fields in :meth:`_system_fields` and write them by
    :meth:`_write_system`. In the list of what a model inherits, this stands first.
    """

    _name = "itsm.guarded.mixin"
    _description = "Facts That Only Verbs Set"

    @api.model
    def _system_fields(self):
        """Return the names of the fields that only the model's own code sets."""
        return frozenset()

    @api.model
    def _system_key(self):
        # Of each model: a verb of tickets must not open their tasks to what comes in.
        return f"itsm_system.{self._name}"

    @api.model
    def _is_system(self):
        """Tell whether the model's own code is writing."""
        return self.env.context.get(self._system_key()) is _SYSTEM

    def _as_system(self):
        """Return these records with the right to set system fields."""
        return self.with_context(**{self._system_key(): _SYSTEM})

    def _write_system(self, vals):
        """Write facts that only the verbs may set.

        They have checked who asks; a rule that was checked need not be again.
        """
        # sudo: for the system's own facts only, after the check of the verb.
        return self.sudo()._as_system().write(vals)

    @api.model
    def default_get(self, fields_list):
        """Facts that only the verbs set come from no context and no user default.

        Not for the model's own code either: people send the context that it runs in.
        """
        system = self._system_fields()
        values = super().default_get(
            [name for name in fields_list if name not in system]
        )
        for name in system.intersection(fields_list):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                values[name] = field.convert_to_write(value, self)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_system():
            self._refuse_system_fields(set().union(*vals_list, ()))
        return super().create(self._complete_new(vals_list))

    @api.model
    def _complete_new(self, vals_list):
        """Return the values of new records with the facts that they begin with."""
        return vals_list

    def write(self, vals):
        if not self._is_system():
            self._refuse_system_fields(vals)
        return super().write(vals)

    @api.model
    def _refuse_system_fields(self, names):
        """Refuse values for facts that only the verbs set."""
        touched = self._system_fields().intersection(names)
        if touched:
            label = self._fields[min(touched)]._description_string(self.env)
            raise AccessError(self._system_refusal(label))

    @api.model
    def _system_refusal(self, field):
        """Return why the value of a field, given by its label, is refused."""
        return self.env._(
            "“%(field)s” cannot be set directly: it follows from what is done with the"
            " buttons.",
            field=field,
        )
