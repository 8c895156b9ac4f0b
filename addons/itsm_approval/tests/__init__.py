from . import test_voting
