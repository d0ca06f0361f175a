/* Activity: what identity providers sent, and what was done by anybody. */
import { html } from "../../vendor/kit.js";
import { navigate, query } from "../router.js";
import { Tabs } from "../ui/tabs.js";
import { AuditTrail } from "./audit-list.js";
import { ProvisioningLog } from "./log-list.js";

const TABS = [["log", "Provisioning log"], ["audit", "Audit trail"]];

/** The screen at /activity. */
export function Activity() {
  const tab = query.value.tab === "audit" ? "audit" : "log";
  return html`
    <h1 tabindex="-1">Activity</h1>
    <${Tabs} label="Activity" value=${tab} options=${TABS}
      onChange=${(value) => navigate(`/activity?tab=${value}`, { replace: true })}>
      ${(value) => (value === "audit" ? html`<${AuditTrail} />` : html`<${ProvisioningLog} />`)}
    <//>
  `;
}
