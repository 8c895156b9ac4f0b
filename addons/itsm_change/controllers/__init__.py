from . import feed
from . import portal_changes
