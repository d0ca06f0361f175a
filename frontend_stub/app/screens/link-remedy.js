/* What to do without a way in: the operator's command, and who else may help. */
import { html } from "../../vendor/kit.js";

/** The command that makes a sign-in link for an admin, with what is known of them. */
export function LinkCommand({ handle = "HANDLE", email = "EMAIL" }) {
  const options = [`--organization ${handle}`, `--email ${email}`];
  return html`
    <pre class="command" role="region" tabindex="0" aria-label="Command"><code>rollbook admin login-link${
      options.map((option) => html` <span class="unbroken">${option}</span>`)
    }</code></pre>
  `;
}

/** How to get a new link: an admin from the operator, everybody else from an admin. */
export function HowToGetALink() {
  return html`
    <p>
      Ask an admin of your organization to invite you. For an admin, whoever runs this server can make a sign-in link:
    </p>
    <${LinkCommand} />
    <p class="muted">A link works once, and only for a short time.</p>
  `;
}
