/* A new installation: its first organization and its first admin, by the link that the server printed. */
import { html, useEffect, useRef, useState } from "../../vendor/kit.js";
import { setUp } from "../doors.js";
import { HOME, navigate } from "../router.js";
import { useSecret } from "../secret-link.js";
import { loadSession } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";

const COMMAND = "rollbook admin login-link";

/** A handle made of an organization's name: what is neither a letter nor a digit becomes a hyphen. */
function handleOf(name) {
  const plain = name.normalize("NFKD").replace(/\p{Mark}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").slice(0, 63).replace(/^-+|-+$/g, "");
}

function HowToGetALink() {
  return html`
    <p>
      A new Rollbook is set up by a link that its server prints when it starts. The link works once, within 15 minutes.
      Whoever runs the server gets a new one with:
    </p>
    <pre class="command" role="region" tabindex="0" aria-label="Command"><code>${COMMAND}</code></pre>
    <p>Is it set up already? <a href="/sign-in">Sign in</a></p>
  `;
}

function Details({ token }) {
  const [name, setName] = useState("");
  const [handle, setHandle] = useState(null); // null: it follows the name
  const [email, setEmail] = useState("");
  const form = useRef();
  // not by autofocus: the browser complains of it if somebody was faster
  useEffect(() => form.current?.elements[0].focus(), []);
  const { busy, error, submit } = useSubmit(async () => {
    await setUp({ token, name: name.trim(), handle: handle ?? handleOf(name), email: email.trim() });
    await loadSession();
    navigate(HOME, { replace: true });
  });

  if (error?.code === "UNAUTHENTICATED") return html`<${InlineError} error=${error} /><${HowToGetALink} />`;
  return html`
    <p>This makes the first organization, and you its admin. You are signed in on this browser right after.</p>
    <form class="stack wide" ref=${form} onSubmit=${submit}>
      <${TextField} label="Organization" required maxlength="128" autocomplete="organization"
        placeholder="Acme" value=${name} onInput=${setName} />
      <${TextField} label="Handle" required maxlength="63" autocomplete="off" autocapitalize="none" spellcheck=${false}
        pattern="[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?" title="Lower-case letters, digits and inner hyphens"
        hint="Its short name in addresses and on the command line." value=${handle ?? handleOf(name)}
        onInput=${setHandle} />
      <${TextField} label="Your e-mail address" type="email" required maxlength="254" autocomplete="email"
        value=${email} onInput=${setEmail} />
      <${InlineError} error=${error} />
      <div><${Button} type="submit" kind="primary" busy=${busy}>Set up Rollbook<//></div>
    </form>
  `;
}

/** The screen at /setup. */
export function SetUp() {
  const token = useSecret("/setup");
  return html`
    <div class="sign-in">
      <img src="/favicon.svg" alt="" width="40" height="40" />
      <h1 tabindex="-1">Set up Rollbook</h1>
      ${token ? html`<${Details} key=${token} token=${token} />` : html`<${HowToGetALink} />`}
    </div>
  `;
}
