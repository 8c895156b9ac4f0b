"""Words that ledgers use for states, types and levels, beside Odoo's own labels.

Seen in exports of ServiceNow, iTop, GLPI and Jira, and in Chinese spreadsheets. A
word that means different things in different places is not here: it is asked for
under Values.
"""

from ..tools import tabular

_HIGH = ("high", "高", "大")
_MEDIUM = ("medium", "moderate", "normal", "中", "中等", "一般", "普通")
_LOW = ("low", "低", "小", "较低")

WORDS = {
    "state": {
        "new": ("open", "新建", "待处理", "未处理", "待受理", "待分配", "新工单"),
        "in_progress": (
            *("active", "work in progress", "assigned", "started", "处理中", "进行中"),
            *("已受理", "已分配", "已派单", "维修中"),
        ),
        "pending": ("on hold", "waiting", "挂起", "暂停", "等待", "已挂起", "等待中"),
        "resolved": (
            *("solved", "fixed", "done", "completed", "已解决", "已完成", "完成"),
            *("已处理", "待确认"),
        ),
        "closed": ("关闭", "已关闭", "结单", "已结单", "办结", "已办结", "归档"),
        "cancelled": (
            "canceled",
            "rejected",
            "取消",
            "已取消",
            "作废",
            "已作废",
            "撤销",
        ),
    },
    "type": {
        "incident": ("故障", "事件", "报修", "报障"),
        "request": ("service request", "服务请求", "请求", "需求", "申请"),
        "inquiry": ("question", "咨询", "问询"),
        "complaint": ("投诉",),
    },
    "impact": {"1": _HIGH, "2": _MEDIUM, "3": _LOW},
    "urgency": {"1": (*_HIGH, "紧急"), "2": _MEDIUM, "3": _LOW},
    "priority": {
        "1": ("critical", "紧急", "特急", "非常高", "最高"),
        "2": _HIGH,
        "3": _MEDIUM,
        "4": _LOW,
    },
}


def merge(labels, extra):
    """Return ``{key: words}`` of labels and further words, each word with one key.

    Labels go before further words, earlier keys before later ones: a word that was
    taken already is left out.

    >>> merge({"a": ["High"], "b": ["Low"]}, {"b": ["HIGH", "small"]})
    {'a': ['High'], 'b': ['Low', 'small']}
    """
    merged, taken = {key: [] for key in labels}, set()
    for source in (labels, extra):
        for key, words in source.items():
            for word in words:
                text = tabular.normalize(word)
                if key in merged and text not in taken:
                    taken.add(text)
                    merged[key].append(word)
    return merged
