from . import test_access_matrix
from . import test_ip_networks
from . import test_classes
from . import test_items
from . import test_item_history
from . import test_item_past
from . import test_item_security
from . import test_item_query_counts
