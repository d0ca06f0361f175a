/* Follows the system's colour scheme: the Radix scales switch on `.dark`, not on a media query. */
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => document.documentElement.classList.toggle("dark", dark.matches);
  dark.addEventListener("change", apply);
  apply();
})();
