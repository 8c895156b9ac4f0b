"""Words that people's ledgers use: names of columns, states, classes and totals.

Keys are those of the configuration database. Labels of Odoo in the languages that are
installed come beside these; here is what people write who never saw Odoo.
"""

from __future__ import annotations

# Column names by item field.
HEADERS: dict[str, tuple[str, ...]] = {
    "code": ("item code", "ci code", "ci number", "配置项编号", "配置项编码", "CI编号"),
    "name": (
        *("item name", "asset name", "device name", "equipment name", "description"),
        *("设备名称", "资产名称", "固定资产名称", "名称", "品名", "物品名称"),
        *("配置项名称", "仪器名称", "器材名称"),
    ),
    "class": (
        *("class", "item class", "asset type", "device type", "equipment type"),
        *("asset class", "category", "type", "设备类型", "设备类别", "资产类别"),
        *("资产分类", "类别", "类型", "分类", "设备分类", "资产类型", "配置项类型"),
    ),
    "asset_code": (
        *("asset number", "asset no", "asset id", "asset tag", "tag", "inventory no"),
        *("inventory number", "资产编号", "固定资产编号", "资产编码", "资产号"),
        *("固定资产编码", "固定资产号", "财务编号", "资产卡片编号", "卡片编号"),
        *("设备编号", "设备编码", "编号"),
    ),
    "serial_number": (
        *("serial", "serial no", "s/n", "sn", "service tag", "序列号", "序列号SN"),
        *(
            "SN号",
            "SN码",
            "出厂编号",
            "机器序列号",
            "设备序列号",
            "产品序列号",
            "机身号",
        ),
    ),
    "model_id": (
        *("model", "model name", "model no", "product", "型号", "规格型号", "设备型号"),
        *("型号规格", "产品型号", "规格", "机型", "品牌型号"),
    ),
    "manufacturer_id": (
        *(
            "manufacturer",
            "brand",
            "vendor",
            "maker",
            "make",
            "品牌",
            "厂商",
            "生产厂家",
        ),
        *("制造商", "厂家", "生产厂商", "设备品牌", "生产商", "品牌厂商"),
    ),
    "supplier_id": (
        *("supplier", "reseller", "bought from", "dealer", "供应商", "供货商"),
        *("供货单位", "经销商", "采购单位", "集成商", "供应单位"),
    ),
    "custodian_id": (
        *("custodian", "user", "used by person", "assigned to", "holder", "使用人"),
        *(
            "保管人",
            "领用人",
            "使用者",
            "保管员",
            "使用人员",
            "资产保管人",
            "当前使用人",
        ),
    ),
    "owner_id": (
        *("owner", "responsible", "responsible person", "责任人", "负责人", "管理人"),
        *("资产责任人", "管理员", "设备负责人", "所有者", "系统负责人", "运维负责人"),
    ),
    "department_id": (
        *("department", "dept", "using department", "cost center", "使用部门", "部门"),
        *(
            "所属部门",
            "科室",
            "使用科室",
            "所在部门",
            "管理部门",
            "归属部门",
            "领用部门",
        ),
        *("保管部门", "责任部门", "使用单位"),
    ),
    "user_department_ids": (
        *("used by", "used by departments", "serves", "共用部门", "服务科室"),
        *("服务部门", "使用范围"),
    ),
    "location_id": (
        *("location", "place", "site", "room", "存放地点", "位置", "存放位置"),
        *("安装地点", "安装位置", "所在位置", "放置地点", "使用地点", "地点", "机房"),
        *("物理位置", "房间", "存放处"),
    ),
    "rack_position": (
        *("rack position", "rack unit", "u position", "U位", "机架位置", "起始U位"),
    ),
    "rack_units": ("rack units", "height in units", "u height", "占用U数", "高度"),
    "status": (
        *("status", "state", "condition", "life cycle", "stage", "状态", "使用状况"),
        *("使用状态", "资产状态", "设备状态", "使用情况", "现状", "设备现状"),
    ),
    "criticality": (
        *("criticality", "importance", "重要性", "重要程度", "重要级别", "关键程度"),
    ),
    "environment": ("environment", "env", "环境", "运行环境", "所属环境"),
    "purchase_date": (
        *("purchase date", "purchased", "bought on", "date of purchase", "acquired"),
        *("购置日期", "入账日期", "购买日期", "采购日期", "购入日期", "购置时间"),
        *("购买时间", "取得日期", "入库日期", "采购时间", "启用日期", "开始使用日期"),
    ),
    "purchase_value": (
        *("purchase value", "price", "cost", "value", "amount", "original value"),
        *("purchase price", "原值", "金额", "资产原值", "单价", "价格", "购置金额"),
        *("采购价格", "采购金额", "价值", "购买价格"),
    ),
    "warranty_end": (
        *("warranty", "warranty until", "warranty expiry", "warranty end date"),
        *("保修到期", "保修到期日", "质保到期", "维保到期", "保修期至", "质保期至"),
        *("保修截止", "保修截止日期", "维保截止日期", "过保日期", "质保到期时间"),
        *("保修到期日期", "维保到期日期"),
    ),
    "host_name": (
        *("hostname", "host", "computer name", "machine name", "主机名", "计算机名"),
        *("主机名称", "电脑名", "机器名", "电脑名称"),
    ),
    "domain_name": ("domain", "dns domain", "域", "域名", "所属域"),
    "ip_addresses": (
        *("ip", "ip address", "ipv4", "IP地址", "设备IP", "内网IP", "服务器IP"),
        *("业务IP", "主机IP", "管理IP", "管理地址", "管理IP地址", "management ip"),
    ),
    "mac_addresses": (
        *("mac", "mac address", "MAC地址", "网卡地址", "物理地址", "网卡MAC"),
        *("有线MAC", "无线MAC", "网卡物理地址"),
    ),
    "note": ("note", "notes", "remark", "remarks", "comment", "备注", "说明", "注"),
}

# Column names by the key of a class's attribute, whatever class has it.
ATTRIBUTE_HEADERS: dict[str, tuple[str, ...]] = {
    "processor": ("cpu", "cpu type", "处理器", "CPU型号", "处理器型号"),
    "cpu_cores": ("cores", "cpu核数", "CPU核心数", "核数", "核心数", "vcpu"),
    "cpu_sockets": ("cpus", "sockets", "CPU数量", "CPU数", "CPU个数", "CPU颗数"),
    "memory": ("ram", "main memory", "内存", "内存容量", "内存大小"),
    "disk": ("hard disk", "disk size", "硬盘", "硬盘容量", "磁盘", "磁盘容量"),
    "operating_system": ("os", "操作系统", "系统版本", "操作系统版本"),
    "management_address": (
        *("bmc", "ilo", "idrac", "ipmi", "management ip", "管理IP", "管理地址"),
        *("管理IP地址", "带外IP", "带外管理IP", "带外地址", "BMC地址", "远程管理IP"),
    ),
    "monitors": ("screens", "显示器数量", "显示器"),
    "screen_size": ("screen", "屏幕尺寸", "显示器尺寸", "尺寸"),
    "ports": ("port count", "端口数", "端口数量", "接口数", "接口数量"),
    "raw_capacity": ("raw capacity", "裸容量", "总容量"),
    "usable_capacity": ("usable capacity", "可用容量", "存储容量", "容量"),
    "capacity": ("rated capacity", "额定容量", "容量", "UPS容量"),
    "firmware": ("firmware version", "固件版本", "固件", "系统版本", "软件版本"),
    "version": ("release", "版本", "版本号", "软件版本"),
    "seats": ("licences", "licenses", "授权数", "许可数量", "授权数量", "用户数"),
    "licence_number": ("product key", "license key", "许可证号", "授权号", "授权码"),
    "licence_end": ("expires", "授权到期", "许可到期", "有效期至", "到期日期"),
    "valid_from": ("issued", "生效日期", "签发日期", "颁发日期"),
    "valid_until": ("expires", "expiry date", "有效期至", "到期日", "到期日期"),
    "phone_number": ("phone", "手机号", "手机号码", "电话号码", "号码"),
    "imei": ("imei no", "IMEI号", "串号"),
    "bandwidth": ("speed", "带宽", "速率", "线路带宽"),
    "circuit_number": ("circuit id", "线路编号", "电路编号", "专线号"),
    "height_units": ("units", "U数", "机柜高度"),
    "floor_area": ("area", "面积", "建筑面积"),
    "application_address": ("url", "访问地址", "系统地址", "网址"),
    "protection_level": ("mlps level", "等保级别", "等保等级", "安全等级"),
}
# Other keys under which classes made by hand keep the same thing.
_SAME_ATTRIBUTES = {
    "memory_gb": "memory",
    "ram": "memory",
    "disk_gb": "disk",
    "storage": "disk",
    "cpu": "processor",
    "cores": "cpu_cores",
    "os": "operating_system",
    "os_name": "operating_system",
    "port_count": "ports",
    "expires_on": "valid_until",
    "expiry_date": "valid_until",
    "license_key": "licence_number",
}

# Column names of the sheet that tells relations.
RELATION_HEADERS: dict[str, tuple[str, ...]] = {
    "source": (
        *("source", "from", "item", "dependant", "源", "源配置项", "上级", "起点"),
        *("配置项", "源设备", "本端", "本端设备", "来源"),
    ),
    "type": (
        *("relation", "relation type", "type", "relationship", "关系", "关系类型"),
        *("关联关系", "连接关系"),
    ),
    "target": (
        *("target", "to", "related item", "provider", "目标", "目标配置项", "下级"),
        *("终点", "目标设备", "对端", "对端设备", "关联配置项"),
    ),
    "strength": ("strength", "强度", "依赖强度"),
    "weight": ("weight", "capacity", "权重"),
}
# What people call the relation types that come with the addon: the type's own name,
# and the name that reads from the other end.
RELATION_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "depends_on": (("依赖", "依赖于"), ("被依赖", "被使用")),
    "runs_on": (("运行于", "运行在", "部署于", "部署在"), ("运行", "承载应用")),
    "hosted_on": (("托管于", "承载于", "宿主机"), ("托管", "承载")),
    "contains": (("包含",), ("包含于", "属于", "位于")),
    "connects_to": (("连接", "连接到", "互联"), ("被连接",)),
    "powers": (("供电", "供电给"), ("由其供电", "取电于")),
    "backs_up": (("备份",), ("被备份", "备份于")),
}
RELATION_SHEETS = (
    *("relations", "relation", "relationships", "dependencies", "connections"),
    *("关系", "关系表", "关联关系", "依赖关系", "配置关系", "连接关系", "拓扑关系"),
)

# What words say of how an item stands.
STATUS_WORDS: dict[str, tuple[str, ...]] = {
    "planned": ("plan", "计划", "规划", "拟购", "计划中", "待采购"),
    "ordered": ("on order", "已订购", "采购中", "在途", "已下单", "待到货"),
    "in_stock": (
        *("stock", "spare", "store", "idle", "unused", "available", "库存", "在库"),
        *("闲置", "备用", "备件", "未使用", "入库", "空闲", "备机", "库存中", "闲置中"),
    ),
    "in_use": (
        *("use", "used", "active", "live", "running", "operational", "deployed"),
        *("production", "在用", "使用中", "正常", "使用", "运行", "运行中", "良好"),
        *("正常使用", "在使用", "借出", "已借出", "外借", "已领用", "领用", "借用"),
        *("loaned", "on loan", "lent", "在线", "上线", "投用", "已投用", "完好"),
    ),
    "in_repair": (
        *("repair", "broken", "defect", "defective", "faulty", "维修", "维修中"),
        *("送修", "故障", "待修", "返修", "报修", "待维修", "损坏", "已送修"),
    ),
    "retired": (
        *("decommissioned", "withdrawn", "offline", "out of use", "停用", "下线"),
        *("已停用", "退役", "已下线", "待报废", "拟报废", "封存", "已退役", "退库"),
    ),
    "disposed": (
        *("scrapped", "sold", "written off", "scrap", "报废", "已报废", "处置"),
        *("已处置", "变卖", "核销", "已核销", "注销", "捐赠", "销毁"),
    ),
    "missing": ("lost", "stolen", "丢失", "遗失", "盘亏", "下落不明", "被盗", "未找到"),
}
CRITICALITY_WORDS: dict[str, tuple[str, ...]] = {
    "1": ("critical", "very high", "核心", "关键", "特别重要", "极高", "A"),
    "2": ("high", "important", "高", "重要", "B"),
    "3": ("medium", "normal", "中", "一般", "普通", "C"),
    "4": ("low", "minor", "低", "次要", "D"),
}
ENVIRONMENT_WORDS: dict[str, tuple[str, ...]] = {
    "production": ("prod", "live", "生产", "正式", "生产环境", "正式环境"),
    "recovery": ("dr", "disaster recovery", "灾备", "容灾", "灾备环境", "备份环境"),
    "acceptance": ("uat", "staging", "pre-production", "预发", "验收", "预生产"),
    "test": ("testing", "qa", "测试", "测试环境"),
    "development": ("dev", "开发", "开发环境", "研发"),
    "training": ("教学", "培训", "培训环境", "演示"),
}
STRENGTH_WORDS: dict[str, tuple[str, ...]] = {
    "hard": ("strong", "required", "强", "强依赖", "必需"),
    "soft": ("weak", "optional", "弱", "弱依赖", "可选"),
}

# What people call classes, by the codes of the classes that come with the addon.
CLASS_WORDS: dict[str, tuple[str, ...]] = {
    "server": (
        "服务器",
        "物理服务器",
        "主机",
        "physical server",
        "机架服务器",
        "塔式服务器",
    ),
    "virtual_machine": ("虚拟机", "云主机", "云服务器", "vm", "虚拟服务器", "vms"),
    "cluster": ("集群", "虚拟化集群"),
    "storage": ("存储", "存储设备", "磁盘阵列", "nas", "san", "disk array"),
    "network_device": ("网络设备", "network device", "network"),
    "switch": ("交换机", "核心交换机", "接入交换机", "汇聚交换机"),
    "router": ("路由器",),
    "access_point": ("无线ap", "ap", "无线接入点", "无线", "wlan ap"),
    "firewall": ("防火墙", "安全设备", "安全网关"),
    "desktop": (
        *(
            "台式机",
            "台式电脑",
            "台式计算机",
            "计算机",
            "电脑",
            "pc",
            "微机",
            "主机电脑",
        ),
        *("computer", "workstation", "工作站", "一体机电脑", "台式", "桌面电脑"),
    ),
    "laptop": (
        "笔记本",
        "笔记本电脑",
        "便携式计算机",
        "notebook",
        "便携机",
        "手提电脑",
    ),
    "printer": (
        *("打印机", "激光打印机", "针式打印机", "复印机", "多功能一体机", "打印设备"),
        *("条码打印机", "标签打印机", "copier", "扫描仪打印机"),
    ),
    "mobile": (
        "手机",
        "平板",
        "平板电脑",
        "移动设备",
        "pda",
        "phone",
        "tablet",
        "移动终端",
    ),
    "ups": ("不间断电源", "ups电源", "电源"),
    "air_conditioner": ("空调", "精密空调", "机房空调", "cooling"),
    "rack": ("机柜", "机架", "服务器机柜", "cabinet"),
    "room": ("机房", "弱电间", "设备间", "server room"),
    "operating_system": ("操作系统", "os"),
    "software_instance": ("软件", "软件实例", "应用软件", "software"),
    "database": ("数据库", "db", "数据库实例"),
    "middleware": ("中间件",),
    "application": ("应用", "应用系统", "业务系统", "信息系统", "系统", "app"),
    "business_service": ("业务服务", "服务", "service"),
    "licence": ("许可证", "授权", "软件许可", "license", "软件授权"),
    "certificate": ("证书", "数字证书", "ssl证书", "cert"),
    "circuit": ("线路", "专线", "电路", "互联网线路", "链路"),
    "document": ("文档", "资料", "文件"),
}

# Rows that add up are no items; these stand in the first filled cells of such a row.
TOTALS = frozenset(
    (
        *("total", "totals", "subtotal", "sub-total", "grand total", "sum"),
        *("合计", "总计", "小计", "本页合计", "本页小计", "累计", "共计", "总数"),
    )
)
# Signatures below a table.
FOOTERS = (
    *(
        "制表",
        "审核",
        "填表",
        "经办",
        "打印日期",
        "打印时间",
        "单位负责人",
        "部门负责人",
    ),
    *("复核", "盘点人", "监盘人", "注：", "注:", "说明：", "说明:", "填报", "第1页"),
    *("prepared by", "printed", "approved by", "signature", "page "),
)


def attribute_words(key: str) -> tuple[str, ...]:
    """Other names of the column that feeds an attribute.

    >>> attribute_words("memory_gb")[:2]
    ('ram', 'main memory')
    """
    return ATTRIBUTE_HEADERS.get(_SAME_ATTRIBUTES.get(key, key), ())
