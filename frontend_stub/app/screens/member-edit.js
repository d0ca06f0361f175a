/* The profile of a member; where no identity provider looks after it, to change. */
import { html, useEffect, useRef, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce, can, loadSession } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { Facts } from "../ui/facts.js";
import { TextField } from "../ui/field.js";
import { focusTitleIfLost } from "../ui/focus.js";
import { Icon } from "../ui/icon.js";
import { InlineError } from "../ui/states.js";
import { nameOf } from "./member-actions.js";
import { SCIM_NOTE, isViewer } from "./member-cells.js";

/** `{leaving, typed, onCancel}` of what holds a form: `onCancel` answers false once if something has been typed there,
  and `leaving` says so until there is more. */
export function useUnsaved() {
  const dirty = useRef(false);
  const [leaving, setLeaving] = useState(false);
  function typed(something) {
    dirty.current = something;
    setLeaving(false);
  }
  function onCancel() {
    if (!dirty.current || leaving) return true;
    setLeaving(true);
    return false;
  }
  return { leaving, typed, onCancel };
}

/* What is wanted of the fields, as far as it is something else than the member has. */
function changesOf(member, name, email) {
  return {
    ...(name.trim() !== member.name && { name: name.trim() }),
    ...(email.trim() !== (member.email ?? "") && { email: email.trim() }),
  };
}

function Conflict({ member, onReload }) {
  return html`
    <div class="inline-error" role="alert">
      ${nameOf(member)} was changed meanwhile, perhaps by the identity provider. Nothing of yours is saved.
      ${" "}<${Button} kind="quiet" onClick=${onReload}>Reload<//>
    </div>
  `;
}

/* It changes the member with whom it began; what is read meanwhile is told, and takes nothing away that was typed. */
function ProfileForm({ member: newest, unsaved, onDone, onReload, onClose }) {
  const [member] = useState(newest);
  const [name, setName] = useState(member.name);
  const [email, setEmail] = useState(member.email ?? "");
  const form = useRef();
  useEffect(() => {
    form.current.querySelector("input").focus(); // the button that was pressed is gone
    return () => unsaved.typed(false);
  }, []);
  const { busy, error, submit } = useSubmit(async () => {
    const changes = changesOf(member, name, email);
    if (Object.keys(changes).length === 0) return onClose();
    const input = { memberId: member.id, expectedVersion: member.version, ...changes };
    const changed = (await mutate("UpdateMember", input)).member;
    if (isViewer(member)) await loadSession({ quietly: true });
    announce(`${nameOf(changed)} is saved.`);
    onDone();
  });
  function type(set, text) {
    unsaved.typed(true);
    set(text);
  }
  const conflict = newest.version > member.version || error?.code === "VERSION_CONFLICT";
  const field = error?.path?.at(-1);
  const told = (which) => (field === which ? error.message : undefined);
  return html`
    <form class="stack" aria-label="Profile" ref=${form} onSubmit=${submit}>
      <${TextField} label="Name" autocomplete="off" value=${name} error=${told("name")}
        onInput=${(text) => type(setName, text)} />
      <${TextField} label="E-mail" type="email" maxlength="254" autocomplete="off" value=${email}
        error=${told("email")} onInput=${(text) => type(setEmail, text)} />
      ${conflict && !busy
        ? html`<${Conflict} member=${newest} onReload=${onReload} />`
        : field !== "name" && field !== "email" && html`<${InlineError} error=${error} />`}
      ${unsaved.leaving && html`
        <p class="inline-error" role="alert">Nothing is saved yet. Close once more to leave it unsaved.</p>`}
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" busy=${busy} disabled=${conflict && !busy}>Save<//>
      </div>
    </form>
  `;
}

function WhyReadOnly() {
  return html`<p class="callout read-only"><${Icon} name="lock" /> <span>${SCIM_NOTE}</span></p>`;
}

function factsOf(member) {
  return [
    ["Name", member.name],
    ["E-mail", member.email ?? html`<span class="muted">none</span>`],
    member.userName && ["User name", html`<span class="mono">${member.userName}</span>`],
    member.externalId && ["External ID", html`<span class="mono">${member.externalId}</span>`],
  ];
}

function mayEdit(member) {
  return can("MEMBERS_WRITE") && member.source !== "SCIM";
}

/* `{editing, beginning, begin, end, anew}`; `anew` lets the form begin again, as `beginning`, with what is read
  next. */
function useEditing(member) {
  const [beginning, setBeginning] = useState(0); // 0: nobody edits
  const isAsked = useRef(false);
  const next = () => setBeginning((count) => count + 1);
  const end = () => setBeginning(0);
  useEffect(() => {
    if (!isAsked.current) return;
    isAsked.current = false;
    if (mayEdit(member)) next();
    else end(); // the identity provider has taken over
  }, [member]);
  return { editing: beginning > 0, beginning, begin: next, end, anew: () => { isAsked.current = true; } };
}

/* Once the form is gone, the focus is where it was opened. */
function useFocusAfter(editing, section) {
  const before = useRef(editing);
  useEffect(() => {
    if (before.current && !editing) {
      section.current.querySelector(".card-head button")?.focus();
      focusTitleIfLost();
    }
    before.current = editing;
  }, [editing]);
}

/** The section of the profile. `unsaved` is that of the drawer; `onDone` reads the member anew. */
export function Profile({ member, unsaved, onDone }) {
  const { editing, beginning, begin, end, anew } = useEditing(member);
  const section = useRef();
  useFocusAfter(editing, section);
  function reload() {
    anew();
    onDone();
  }
  function saved() {
    end();
    onDone();
  }
  return html`
    <section class="part" aria-label="Profile" ref=${section}>
      <div class="card-head">
        <h3>Profile</h3>
        ${mayEdit(member) && !editing && html`<${Button} onClick=${begin}>Edit<//>`}
      </div>
      ${member.source === "SCIM" && !editing && html`<${WhyReadOnly} />`}
      ${editing
        ? html`
            <${ProfileForm} key=${beginning} member=${member} unsaved=${unsaved} onDone=${saved} onReload=${reload}
              onClose=${end} />`
        : html`<${Facts} facts=${factsOf(member)} />`}
    </section>
  `;
}
