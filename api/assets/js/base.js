// On every page: the switches keep their place on the page, copy and print buttons work.
import { toast } from "./toast.js";

// A switch leads back to where the reader was.
const PLACE = "gridwarden-place";
for (const link of document.querySelectorAll("[data-switch]")) {
  link.addEventListener("click", () => sessionStorage.setItem(PLACE, `${location.pathname} ${scrollY}`));
}
const [path, top] = (sessionStorage.getItem(PLACE) ?? "").split(" ");
if (path === location.pathname) {
  scrollTo(0, Number(top));
}
sessionStorage.removeItem(PLACE);

// What was asked for is in a cookie now; an address that is shared need not carry it.
const url = new URL(location.href);
for (const name of ["lang", "type", "theme"]) {
  url.searchParams.delete(name);
}
if (url.href !== location.href) {
  history.replaceState(history.state, "", url);
}

// What was opened at the head is closed by looking elsewhere.
const more = document.querySelector(".more-ways");
addEventListener("click", (event) => {
  if (more && !more.contains(event.target)) {
    more.open = false;
  }
});
more?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    more.open = false;
    more.querySelector("summary").focus();
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-print]");
  if (!button) {
    return;
  }
  if ("print" in button.dataset) {
    print();
    return;
  }
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    toast(button.dataset.copied);
  } catch {
    // Without leave to write to the clipboard, the text is at least selected.
    getSelection().selectAllChildren(source);
  }
});
