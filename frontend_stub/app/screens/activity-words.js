/* What to call the people and tokens by which the lists of activity are narrowed. */

/** A person, with the e-mail that tells namesakes apart. */
export function personText({ name, email }) {
  return name && email ? `${name} (${email})` : name || email || "A member without a name";
}

/** A token, in a list in which several may have the same name. */
export function tokenText({ name, hint }) {
  return `${name} (${hint})`;
}
