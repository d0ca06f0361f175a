/* What a test of the connection found, step by step. */
import { html, useEffect, useRef } from "../../vendor/kit.js";
import { Badge } from "../ui/badge.js";

const STEPS = {
  ADDRESS: "Address of the issuer",
  DISCOVERY: "Configuration document",
  ISSUER: "Name of the issuer",
  ENDPOINTS: "Endpoints",
  ALGORITHMS: "Code flow, PKCE and signatures",
  KEYS: "Keys",
  CREDENTIALS: "Client ID and secret",
  STEP_UP: "Time of the sign-in",
};
const OUTCOMES = {
  PASSED: ["good", "Passed"],
  WARNING: ["warning", "Note"],
  FAILED: ["danger", "Failed"],
  SKIPPED: ["neutral", "Not tried"],
};

function summary(findings) {
  if (findings.some(({ status }) => status === "FAILED")) return "The connection does not work yet.";
  if (findings.some(({ status }) => status === "WARNING")) return "The connection works. Something is worth knowing.";
  return "The connection works.";
}

/** Every step with its outcome; read out, and brought into view, when it arrives. */
export function Findings({ findings }) {
  const list = useRef();
  useEffect(() => list.current.scrollIntoView({ block: "nearest" }), []);
  return html`
    <div class="findings" role="status" ref=${list}>
      <p><b>${summary(findings)}</b></p>
      <ol>
        ${findings.map(({ step, status, detail }) => {
          const [tone, text] = OUTCOMES[status] ?? ["neutral", status];
          return html`
            <li key=${step} class="finding">
              <span class="finding-step">${STEPS[step] ?? step}</span>
              <${Badge} tone=${tone}>${text}<//>
              <p class="field-hint">${detail}</p>
            </li>
          `;
        })}
      </ol>
    </div>
  `;
}
