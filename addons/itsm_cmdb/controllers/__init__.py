from . import portal_attestation
from . import label, portal_equipment
from . import feed
