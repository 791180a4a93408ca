// Paper: the map as it stands becomes a picture, because a canvas alone may print empty.

/** Before printing, draw the map once more and keep it as a picture. */
export function watchPrint(map) {
  const picture = document.getElementById("print-map");
  addEventListener("beforeprint", () => {
    if (document.getElementById("main").dataset.view === "table") {
      return;
    }
    map.redraw();
    picture.src = map.getCanvas().toDataURL("image/png");
    picture.hidden = false;
  });
  addEventListener("afterprint", () => {
    picture.hidden = true;
    picture.removeAttribute("src");
  });
}
