import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { markup } from "@odoo/owl";

/**
 * What may help at once, beside a form that somebody fills in: articles that fit the
 * words so far. One opens over the form, so that nothing that was typed is lost; “This
 * helped me” ends it without a ticket.
 */
export class KnownAnswers extends Interaction {
    static selector = ".o_itsm_known";
    dynamicContent = {
        _root: { "t-on-click": this.onClick },
        _document: { "t-on-input": this.onInput, "t-on-compositionend": this.onInput },
        ".o_itsm_known_status": { "t-out": () => this.said },
        dialog: { "t-on-close": this.onClosed },
    };

    setup() {
        const { place, key, serviceId, deskId, watch } = this.el.dataset;
        this.where = {
            place,
            key,
            service_id: Number(serviceId) || 0,
            desk_id: Number(deskId) || 0,
        };
        this.watch = watch;
        this.listEl = this.el.querySelector(".o_itsm_known_list");
        this.dialogEl = this.el.querySelector("dialog");
        this.asked = null;
        this.said = "";
        this.leaving = false;
        this.suggest = this.debounced(this.suggest, 400);
    }

    start() {
        // A service has its articles, and a form that came back has its words.
        if (this.words || this.where.service_id) {
            this.suggest();
        }
    }

    /** What was typed; not what a service's form was filled in with. */
    get words() {
        return [...document.querySelectorAll(this.watch)]
            .filter((input) => !this.where.service_id || input.value !== input.defaultValue)
            .map((input) => input.value.trim())
            .filter(Boolean)
            .join(" ")
            .slice(0, 500);
    }

    onInput(ev) {
        // Letters that still become a Chinese word are not what is looked for.
        if (!ev.isComposing && ev.target.matches?.(this.watch)) {
            this.suggest();
        }
    }

    async suggest() {
        const words = this.words;
        if (words === this.asked) {
            return;
        }
        this.asked = words;
        const articles = await this.waitFor(
            rpc("/my/knowledge/suggest", { words, ...this.where }, { silent: true })
        );
        // An answer to what was typed before is too late.
        if (words === this.words) {
            this.show(articles);
        }
    }

    show(articles) {
        this.listEl.replaceChildren();
        this.renderAt("itsm_knowledge.KnownAnswers", { articles }, this.listEl);
        this.said = articles.length ? _t("Articles that may help: %s", articles.length) : "";
        this.updateContent();
    }

    onClick(ev) {
        const button = ev.target.closest("[data-known]");
        if (!button || ev.ctrlKey || ev.metaKey) {
            return;
        }
        ev.preventDefault();
        const action = button.dataset.known;
        if (action === "open") {
            this.opener = button;
            this.open(Number(button.dataset.articleId));
        } else if (action === "helped") {
            this.helped();
        } else {
            this.dialogEl.close();
        }
    }

    async open(articleId) {
        const article = await this.waitFor(
            rpc(`/my/knowledge/${articleId}/read`, this.where)
        );
        if (!article) {
            return;
        }
        this.articleId = articleId;
        this.dialogEl.replaceChildren();
        this.renderAt(
            "itsm_knowledge.KnownAnswer",
            { article: { ...article, html: markup(article.html) } },
            this.dialogEl
        );
        this.dialogEl.showModal();
        this.dialogEl.scrollTop = 0;
    }

    async helped() {
        // A second click says nothing new.
        if (this.leaving) {
            return;
        }
        this.leaving = true;
        const url = await this.waitFor(
            rpc(`/my/knowledge/${this.articleId}/helped`, this.where)
        );
        // What was typed is not needed any more; a form asks no questions about it.
        window.location = url;
    }

    onClosed() {
        this.opener?.focus();
    }
}

registry.category("public.interactions").add("itsm_knowledge.known_answers", KnownAnswers);
