/* Numbers as people write them. */

const numbers = new Intl.NumberFormat();

/** A number with the separators of the person's language. */
export function numberText(number) {
  return numbers.format(number);
}
