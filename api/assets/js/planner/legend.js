// The legend answers to pointer and keyboard: a class that is pointed at, or pressed, stands out on the map.
const told = document.getElementById("told");

/** Call `light` with the class that shall stand out, null for none. */
export function watchLegend(light) {
  const classOf = (event) => event.target.closest?.("[data-class]");
  let pressed = null;
  const back = () => light(pressed?.isConnected ? pressed.dataset.class : null);
  told.addEventListener("pointerover", (event) => {
    const row = classOf(event);
    if (row && event.pointerType === "mouse") {
      light(row.dataset.class);
    }
  });
  told.addEventListener("pointerout", back);
  told.addEventListener("click", (event) => {
    const row = classOf(event);
    if (!row) {
      return;
    }
    const before = pressed;
    before?.setAttribute("aria-pressed", "false");
    pressed = before === row ? null : row;
    pressed?.setAttribute("aria-pressed", "true");
    back();
  });
}
