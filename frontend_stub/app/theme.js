/* The colour scheme, set before the first paint: the one that was chosen, else the system's. Radix asks for `.dark`. */
(() => {
  const KEY = "rollbook-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // the browser keeps nothing for this page: it follows the system
    }
  }
  function apply() {
    const theme = chosen();
    const root = document.documentElement;
    root.classList.toggle("dark", theme === "dark" || (theme !== "light" && dark.matches));
    root.classList.toggle("light", !root.classList.contains("dark"));
  }
  dark.addEventListener("change", apply);
  addEventListener("storage", apply); // chosen in another tab
  addEventListener("rollbook-preference", apply); // chosen on this page
  apply();
})();
