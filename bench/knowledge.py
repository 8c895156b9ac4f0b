"""Articles for the benchmark of searching: many, half of them in Chinese, quickly.

Words are drawn as people use them: a few very often, most of them seldom. Each article
has a title, keywords and a text of some length; the same number gives the same article.
"""

import random

from odoo.tools import SQL

_BATCH = 500
# What breaks, and how; the first ones are drawn most often.
_EN_THINGS = """
printer laptop scanner monitor keyboard mouse projector phone tablet badge network wifi
vpn switch server database mailbox calendar spreadsheet browser password account
certificate licence backup archive folder share drive disk viewer imaging laboratory
pharmacy ward theatre radiology nursing billing payroll roster dictation record
prescription label barcode reader terminal kiosk camera intercom alarm freezer
sterilizer pump ventilator bed lift door lock
"""
_ZH_THINGS = """
打印机 笔记本 扫描仪 显示器 键盘 鼠标 投影仪 电话 平板 工牌 网络 无线网 虚拟专网
交换机 服务器 数据库 邮箱 日历 表格 浏览器 密码 账号 证书 许可证 备份 归档 文件夹
共享盘 硬盘 阅片 影像系统 检验科 药房 病区 手术室 放射科 护理 收费 工资 排班
语音录入 病历 处方 标签 条码 读卡器 自助机 摄像头 对讲机 报警器 冰箱 灭菌器 输液泵
呼吸机 病床 电梯 门禁 门锁
"""
_EN_FAULTS = """
jams
does not start
loses its connection
asks for a password again
shows an error
is slow
prints blank pages
cannot be found
has no sound
does not sign in
freezes
is not shared
shows the wrong date
rejects the card
fills the disk
sends twice
cannot be opened
has expired
flickers
restarts
"""
_ZH_FAULTS = """
卡纸 无法启动 连接中断 反复要求输入密码 报错 速度很慢 打印空白页 找不到 没有声音
登录失败 死机 没有共享 日期不对 拒绝刷卡 占满磁盘 重复发送 打不开 已过期 闪烁
自动重启
"""
_EN_STEPS = """
Open the settings of the {0} and choose {1}.
Restart the {0}, then the {1}.
Check whether the cable of the {0} is plugged in.
Sign out, wait and sign in.
Ask a colleague whether the {1} works for them.
Write down the error code {2}.
Remove the {0} from the list and add it again.
Update the driver to {2}.
Clear what the {1} has stored.
If this does not help, call the service desk.
"""
_ZH_STEPS = """
打开{0}的设置，选择{1}。
先重启{0}，再重启{1}。
检查{0}的线缆是否插好。
注销后稍等片刻再登录。
问一下同事，他们的{1}是否正常。
记下错误代码{2}。
把{0}从列表中删除后重新添加。
把驱动升级到{2}。
清除{1}的缓存。
如果仍然无效，请联系服务台。
"""
_THINGS = {"en": _EN_THINGS.split(), "zh": _ZH_THINGS.split()}
_FAULTS = {"en": _EN_FAULTS.strip().splitlines(), "zh": _ZH_FAULTS.split()}
_STEPS = {
    "en": _EN_STEPS.strip().splitlines(),
    "zh": _ZH_STEPS.strip().splitlines(),
}
_WHERE = {
    "en": ["on floor {0}", "in building {0}", "on ward {0}", "for model X{0}"],
    "zh": ["{0}楼", "{0}号楼", "{0}病区", "型号X{0}"],
}


def _often(choice, words):
    """Return one of the words, the first ones far more often than the last."""
    return words[int(len(words) * choice.random() ** 2.5)]


def article(number, lang):
    """Return the texts of an article."""
    choice = random.Random(f"{lang} {number}")
    thing, other = _often(choice, _THINGS[lang]), choice.choice(_THINGS[lang])
    fault = _often(choice, _FAULTS[lang])
    where = choice.choice(_WHERE[lang]).format(choice.randrange(1, 400))
    code = f"0x{choice.randrange(16**6):06x}"
    space = " " if lang == "en" else ""
    steps = [
        step.format(choice.choice(_THINGS[lang]), choice.choice(_THINGS[lang]), code)
        for step in choice.choices(_STEPS[lang], k=choice.randrange(8, 40))
    ]
    title = f"{thing}{space}{fault}{space}{where}"
    return {
        "name": title.capitalize(),
        "summary": f"{thing}{space}{fault}: {other}",
        "keywords": f"{other}, {code}",
        "symptom": "",
        "cause": "",
        "workaround": "",
        "body": "".join(f"<p>{step}</p>" for step in steps),
    }


def queries(count, lang):
    """Return what people type: a few words, a whole sentence, a code, with slips."""
    choice = random.Random(f"queries {lang}")
    found = []
    for _number in range(count):
        texts = article(choice.randrange(5000), lang)
        thing, fault = _often(choice, _THINGS[lang]), _often(choice, _FAULTS[lang])
        kind = choice.random()
        if kind < 0.35:
            query = texts["name"]
        elif kind < 0.6:
            query = f"{thing} {fault}" if lang == "en" else f"{thing}{fault}"
        elif kind < 0.7:
            query = texts["keywords"].rpartition(" ")[2]
        elif kind < 0.8:
            query = thing[: max(2, len(thing) - 2)]
        elif kind < 0.9 and lang == "en":
            query = f"{thing[:2]}{thing[3:]} {fault}"
        elif lang == "en":
            query = f"Hello, since this morning my {thing} {fault}, what can I do?"
        else:
            query = f"你好，今天早上开始我的{thing}{fault}，请问怎么办？"
        found.append(query)
    return found


def ensure_articles(env, count):
    """Make sure that there are ``count`` published articles, every other in Chinese.

    Most are for everyone; others for agents, a team or a department.
    """
    have = env["itsm.article"].search_count([("is_live", "=", True)])
    for start in range(have, count, _BATCH):
        _publish(env, range(start, min(start + _BATCH, count)))
        env.cr.commit()
    env["itsm.article.term"]._cron_count()
    for table in ("itsm_article", "itsm_article_version", "itsm_article_index"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.cr.commit()
    return env["itsm.article"].search_count([("is_live", "=", True)])


def _publish(env, numbers):
    """Make published articles without review: nobody wrote them."""
    team = env.ref("itsm_helpdesk.team_it_line1")
    department = env["hr.department"].search([], limit=1)
    desk = env.ref("itsm_helpdesk.desk_it")
    audiences = ["everyone"] * 6 + ["agents", "agents", "teams", "departments"]
    kinds = ["howto", "known_fault", "question", "howto", "policy"]
    articles, texts = env["itsm.article"], []
    vals_list = []
    for number in numbers:
        lang = "zh" if number % 2 else "en"
        written = article(number // 2, lang)
        texts.append({"en_US" if lang == "en" else "zh_CN": written})
        vals_list.append(
            {
                **written,
                "kind": kinds[number % len(kinds)],
                "audience": audiences[number % len(audiences)],
                "team_ids": team.ids,
                "department_ids": department.ids,
                "desk_id": desk.id,
            }
        )
    articles = articles.with_context(tracking_disable=True).create(vals_list)
    versions = env["itsm.article.version"].create(
        [
            {
                "article_id": made.id,
                "number": 1,
                "kind": made.kind,
                "audience": made.audience,
                "team_ids": made.team_ids.ids if made.audience == "teams" else [],
                "department_ids": made.department_ids.ids
                if made.audience == "departments"
                else [],
                "source_lang": next(iter(written)),
                "texts": written,
            }
            for made, written in zip(articles, texts, strict=True)
        ]
    )
    for version in versions:
        version.article_id._write_system(
            {"state": "published", "is_live": True, "version_id": version.id}
        )
    articles._index_refresh()
