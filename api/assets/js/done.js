// After a step: the message about it is where the reader goes on, and it is said once, not again on reloading.
const url = new URL(location.href);
for (const name of ["done", "thanks", "photo"]) {
  url.searchParams.delete(name);
}
if (url.href !== location.href) {
  history.replaceState(history.state, "", url);
}
document.querySelector("[data-focus]")?.focus();
