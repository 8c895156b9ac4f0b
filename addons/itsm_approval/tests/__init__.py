from . import test_access
from . import test_batch
from . import test_change
from . import test_delegation
from . import test_mails
from . import test_people
from . import test_time
from . import test_voting
