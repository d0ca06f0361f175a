/* State that belongs to what is on display, and is forgotten with it. */
import { useRef, useState } from "../../vendor/kit.js";

/** `[value, change]`: what `begin()` answers, anew as soon as `key` is another, even one that was there before.

  `change` gets a function of the value before; one that comes too late, of a key that is past, changes nothing. */
export function useKeyed(key, begin) {
  const held = useRef(null);
  const [, draw] = useState(0);
  if (held.current?.key !== key) held.current = { key, value: begin() };
  const mine = held.current;
  function change(next) {
    mine.value = next(mine.value);
    draw((count) => count + 1);
  }
  return [mine.value, change];
}
