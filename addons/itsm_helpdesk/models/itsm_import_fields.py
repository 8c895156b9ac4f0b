from .itsm_import_target import ImportField


def ticket_fields(env):
    """Return the fields that the columns of a ticket ledger can feed.

    The aliases are headers seen in exports of ServiceNow, iTop, GLPI, Jira and in
    Chinese spreadsheets.
    """
    _ = env._
    return [
        ImportField(
            "number",
            _("Number"),
            (
                *("incident number", "ticket number", "ticket id", "case number"),
                *("key", "ref", "编号", "工单号", "单号", "工单编号", "事件编号"),
            ),
        ),
        ImportField(
            "name",
            _("Subject"),
            (
                *("short description", "title", "summary", "subject", "标题"),
                *("主题", "简述", "摘要", "问题", "故障现象"),
            ),
        ),
        ImportField(
            "description",
            _("Description"),
            (
                *("details", "comments", "描述", "详细描述", "问题描述", "故障描述"),
                *("内容", "详情"),
            ),
            "lines",
        ),
        ImportField(
            "type",
            _("Type"),
            ("ticket type", "issue type", "类型", "工单类型"),
            "choice",
        ),
        ImportField(
            "state",
            _("State"),
            ("status", "incident state", "状态", "工单状态", "处理状态"),
            "choice",
        ),
        ImportField("impact", _("Impact"), ("影响", "影响度", "影响范围"), "choice"),
        ImportField("urgency", _("Urgency"), ("紧急", "紧急度", "紧急程度"), "choice"),
        ImportField(
            "priority", _("Priority"), ("优先级", "级别", "优先级别"), "choice"
        ),
        ImportField(
            "partner_id",
            _("Requester"),
            (
                *("caller", "caller id", "customer", "reporter", "requested by"),
                *("requester name", "申请人", "报修人", "提交人", "联系人", "报障人"),
            ),
            "relation",
            "res.partner",
            "people_policy",
        ),
        ImportField(
            "requested_for_id",
            _("Requested For"),
            ("affected user", "beneficiary", "使用人", "受影响用户"),
            "relation",
            "res.partner",
            "people_policy",
        ),
        ImportField(
            "email_from", _("Email"), ("mail", "e-mail", "邮箱", "电子邮件", "邮件")
        ),
        ImportField(
            "phone", _("Phone"), ("telephone", "mobile", "电话", "联系电话", "手机")
        ),
        ImportField(
            "department_id",
            _("Department"),
            ("organization", "部门", "科室", "所属部门", "报修科室", "申请部门"),
            "relation",
            "hr.department",
            "department_policy",
        ),
        ImportField(
            "team_id",
            _("Team"),
            (
                *("assignment group", "group", "assigned group", "team", "处理组"),
                *("分配组", "支持组", "班组", "处理部门"),
            ),
            "relation",
            "itsm.team",
            "team_policy",
        ),
        ImportField(
            "user_id",
            _("Assignee"),
            (
                *("assigned to", "agent", "engineer", "owner", "处理人", "工程师"),
                *("负责人", "受理人", "维修人", "经办人"),
            ),
            "relation",
            "res.users",
            "agent_policy",
        ),
        ImportField(
            "category_id",
            _("Category"),
            ("类别", "分类", "故障类别", "一级分类", "服务类别"),
            "relation",
            "itsm.category",
            "category_policy",
        ),
        ImportField("subcategory", _("Subcategory"), ("子类别", "二级分类", "子分类")),
        ImportField(
            "channel_id",
            _("Channel"),
            ("contact type", "source", "origin", "渠道", "来源", "报障方式"),
            "relation",
            "itsm.channel",
            "code_policy",
        ),
        ImportField(
            "opened_at",
            _("Opened"),
            (
                *("opened at", "created", "created at", "created on", "open time"),
                *("登记时间", "报修时间", "创建时间", "提交时间", "申请时间"),
            ),
            "datetime",
        ),
        ImportField(
            "first_response_at",
            _("First Response"),
            ("responded", "first response at", "响应时间", "首次响应时间"),
            "datetime",
        ),
        ImportField(
            "resolved_at",
            _("Resolved"),
            ("resolved at", "solved", "解决时间", "完成时间", "处理完成时间"),
            "datetime",
        ),
        ImportField(
            "closed_at",
            _("Closed"),
            ("closed at", "close time", "关闭时间", "结单时间", "办结时间"),
            "datetime",
        ),
        ImportField(
            "due_at",
            _("Due"),
            ("due date", "deadline", "截止时间", "期望完成时间", "要求完成时间"),
            "datetime",
        ),
        ImportField(
            "resolution_code_id",
            _("Resolution Code"),
            ("close code", "closed code", "solution type", "解决代码", "解决方式"),
            "relation",
            "itsm.resolution.code",
            "code_policy",
        ),
        ImportField(
            "resolution",
            _("Solution"),
            (
                *("close notes", "resolution notes", "resolution", "解决方案"),
                *("处理结果", "处理情况", "处理措施"),
            ),
            "lines",
        ),
        ImportField(
            "closure_code_id",
            _("Closure Code"),
            ("关闭代码", "关闭原因"),
            "relation",
            "itsm.closure.code",
            "code_policy",
        ),
        ImportField(
            "reassignment_count",
            _("Reassignments"),
            ("reassignment count", "转派次数", "改派次数"),
            "integer",
        ),
        ImportField(
            "reopen_count",
            _("Reopenings"),
            ("reopen count", "重开次数", "返工次数"),
            "integer",
        ),
        ImportField(
            "order",
            _("Which Row Is Last"),
            ("sys mod count", "update count", "updates", "更新次数"),
            "order",
        ),
    ]
