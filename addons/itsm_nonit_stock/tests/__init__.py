from . import test_goods_delivery
