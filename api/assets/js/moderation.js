// Frames on photos: drawn with the pointer into the number fields, and shown wherever the fields say.  The fields are what
// counts; without this script, and by keyboard, they are filled in by hand.

const NAMES = ["left", "top", "width", "height"];
const LEAST = 0.5;

for (const photo of document.querySelectorAll("[data-blur]")) {
  const form = photo.closest("form");
  const parts = form.querySelector("[data-parts]");
  const rows = () => [...parts.querySelectorAll(".part")];
  const fields = (row) => NAMES.map((name) => row.querySelector(`[name=${name}]`));

  function draw() {
    photo.querySelectorAll(".blur-frame").forEach((old) => old.remove());
    for (const row of rows()) {
      const values = fields(row).map((field) => Number.parseFloat(field.value));
      if (values.some((value) => Number.isNaN(value))) {
        continue;
      }
      const frame = document.createElement("span");
      frame.className = "blur-frame";
      NAMES.forEach((name, n) => {
        frame.style[name] = `${values[n]}%`;
      });
      photo.append(frame);
    }
  }

  function more() {
    const last = rows().at(-1);
    const row = last.cloneNode(true);
    fields(row).forEach((field) => {
      field.value = "";
    });
    const legend = row.querySelector("legend");
    legend.textContent = legend.textContent.replace(/\d+/, rows().length + 1);
    last.after(row);
    return row;
  }

  const empty = () => rows().find((row) => fields(row).every((field) => field.value === "")) ?? more();

  function fill(row, from, to) {
    const box = [
      Math.min(from.x, to.x),
      Math.min(from.y, to.y),
      Math.abs(to.x - from.x),
      Math.abs(to.y - from.y),
    ];
    fields(row).forEach((field, n) => {
      field.value = box[n].toFixed(1);
    });
    draw();
    return box[2] >= LEAST && box[3] >= LEAST;
  }

  function at(event) {
    const box = photo.getBoundingClientRect();
    const within = (value) => Math.max(0, Math.min(100, value));
    return {
      x: within(((event.clientX - box.left) / box.width) * 100),
      y: within(((event.clientY - box.top) / box.height) * 100),
    };
  }

  photo.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    photo.setPointerCapture(event.pointerId);
    const from = at(event);
    const row = empty();
    let large = false;
    const move = (moved) => {
      large = fill(row, from, at(moved));
    };
    const end = () => {
      photo.removeEventListener("pointermove", move);
      if (!large) {
        // A touch that drew nothing.
        fields(row).forEach((field) => {
          field.value = "";
        });
        draw();
      }
    };
    photo.addEventListener("pointermove", move);
    photo.addEventListener("pointerup", end, { once: true });
    photo.addEventListener("pointercancel", end, { once: true });
  });
  parts.addEventListener("input", draw);
  parts.querySelector("[data-part-add]").addEventListener("click", () => fields(more())[0].focus());
  draw();
}
