import ast, traceback
from lxml import etree
from odoo import fields
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval, datetime as dt, dateutil
def smoke(self, tag):
    roles = [self.agent, self.auditor, self.keeper, self.engineer, self.implementer, self.implementer2, self.coordinator, self.change_manager, self.manager]
    seen=set()
    for user in roles:
        env = self._as(user)
        menus = env['ir.ui.menu'].search([]).filtered(lambda m: m.action and m.action._name=='ir.actions.act_window')
        for menu in menus:
            xid = (menu.sudo().get_external_id().get(menu.id) or '')
            if not xid.startswith('itsm_change.'): continue
            action = menu.action.sudo()
            Model = env[action.res_model]
            ctx = safe_eval(action.context or '{}', {'uid': user.id, 'active_id': False})
            Model = Model.with_context(**ctx)
            def err(what, e):
                key=(action.res_model, what, type(e).__name__, str(e)[:150])
                if key in seen: return
                seen.add(key)
                print("SMOKE", tag, user.name, xid, what, type(e).__name__, str(e)[:300])
            sp = lambda: self.env.cr.savepoint()
            try:
                if not Model.has_access('read'):
                    print("SMOKE-NOACCESS", user.name, xid, action.res_model); continue
                types = [t for t in action.view_mode.split(',')]
                vs = {v.view_mode: v.view_id.id for v in action.view_ids}
                with sp(): views = Model.get_views([(vs.get(t, False), t) for t in types]+[(action.search_view_id.id or False,'search')])['views']
            except Exception as e:
                err('get_views', e); continue
            dom = safe_eval(action.domain or '[]', {'uid': user.id, 'context_today': fields.Date.today, 'active_id': False})
            for t,v in views.items():
                arch = etree.fromstring(v['arch'])
                if t=='search':
                    for f in arch.iter('filter'):
                        try:
                            with sp():
                                if f.get('domain') and f.get('domain')!='[]':
                                    d=safe_eval(f.get('domain'), {'uid': user.id, 'context_today': lambda: fields.Date.today(), 'datetime': dt, 'relativedelta': dateutil.relativedelta.relativedelta, 'time': __import__('odoo.tools.safe_eval').tools.safe_eval.time})
                                    Model.search(d, limit=2)
                                c = f.get('context')
                                if c and 'group_by' in c:
                                    g = ast.literal_eval(c)['group_by']
                                    for gb in ([g] if isinstance(g,str) else g):
                                        if '.' in gb: continue
                                        fld=Model._fields[gb.split(':')[0]]
                                        Model.formatted_read_group(dom, [gb if ':' in gb or fld.type not in ('date','datetime') else gb+':month'], ['__count'])
                        except Exception as e: err('filter '+str(f.get('name')), e)
                    for f in arch.iter('field'):
                        try:
                            with sp():
                                fd=f.get('filter_domain')
                                if fd: Model.search(safe_eval(fd,{'self':'abc','raw_value':'abc','uid':user.id}), limit=2)
                                elif Model._fields[f.get('name')].type in ('many2one','char','text','many2many','one2many'): Model.search([(f.get('name'),'ilike','abc')],limit=2)
                        except Exception as e: err('search field '+f.get('name'), e)
                elif t in ('list','kanban','calendar','activity','pivot','graph'):
                    names=[n.get('name') for n in arch.xpath('.//field[not(ancestor::field)]') if n.get('name') in Model._fields]
                    names += [arch.get(a) for a in ('date_start','date_stop','color') if arch.get(a) in Model._fields]
                    try:
                        with sp():
                            if t in ('pivot','graph'):
                                meas=[n for n in names if Model._fields[n].type in ('integer','float') and Model._fields[n].aggregator]
                                Model.formatted_read_group(dom, [], [f'{n}:{Model._fields[n].aggregator}' for n in meas]+['__count'])
                            else:
                                Model.web_search_read(dom, {n:({'fields':{'display_name':{}}} if Model._fields[n].type=='many2one' else {}) for n in names}, limit=40, order=(arch.get('default_order')))
                    except Exception as e: err(t, e)
                elif t=='form':
                    recs=Model.search(dom, limit=3)
                    for r in recs:
                        try:
                            with sp():
                                f=Form(r)
                                if r.has_access('write'):
                                    for n in list(f._view['fields'])[:60]:
                                        if Model._fields[n].type in ('many2one','datetime','boolean','selection'):
                                            f._perform_onchange(n)
                        except Exception as e: err('form '+r.display_name, e)
                    try:
                        with sp():
                            if Model.has_access('create'): Form(Model)
                    except Exception as e: err('new form', e)
    print("SMOKE done", tag)
