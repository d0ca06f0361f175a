/* What can be done with a token, whichever list it is in: the dialogs behind its menu. */
import { html, useState } from "../../vendor/kit.js";
import { afterRecentSignIn } from "../gql.js";
import { RevokeDialog } from "./revoke-dialog.js";
import { EditDialog } from "./token-edit.js";
import { RotateDialog } from "./token-rotate.js";

/** `{act, isOpen, dialog}`: `act(kind, token)` opens a dialog, which stands in `dialog` until it is settled. */
export function useTokenActions({ endpointUrl, onChanged }) {
  const [action, setAction] = useState(null);
  const close = () => setAction(null);

  function settled() {
    close();
    onChanged();
  }

  const { kind, token } = action ?? {};
  return {
    act: (kind, token) => afterRecentSignIn(() => setAction({ kind, token })),
    isOpen: action !== null,
    dialog: kind === "edit" ? html`<${EditDialog} token=${token} onDone=${settled} onClose=${close} />`
      : kind === "rotate" ? html`<${RotateDialog} token=${token} endpointUrl=${endpointUrl} onClose=${settled} />`
      : kind === "revoke" ? html`<${RevokeDialog} token=${token} onDone=${settled} onClose=${close} />`
      : null,
  };
}
