from . import test_presence
