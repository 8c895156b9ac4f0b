import { ActivityMenu } from "@mail/core/web/activity_menu";
import { patch } from "@web/core/utils/patch";

/** What waits for the user opens as their approvals, not as a list of activities. */
patch(ActivityMenu.prototype, {
    openActivityGroup(group, filter, newWindow) {
        if (group.type !== "itsm_approval") {
            return super.openActivityGroup(...arguments);
        }
        this.dropdown.close();
        this.action.doAction("itsm_approval.itsm_approval_action_mine", {
            newWindow,
            clearBreadcrumbs: true,
        });
    },
});
