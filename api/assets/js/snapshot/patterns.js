// Dots for a number that is not told, stripes for one that cannot be had: a canvas takes a pattern where it takes a colour.
const SIZE = 8;

export function pattern(ground, ink, kind) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = SIZE;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, SIZE, SIZE);
  pen.fillStyle = pen.strokeStyle = ink;
  if (kind === "hidden") {
    for (const [x, y] of [[2, 2], [6, 6]]) {
      pen.beginPath();
      pen.arc(x, y, 0.8, 0, 2 * Math.PI);
      pen.fill();
    }
  } else {
    for (const x of [-SIZE, 0, SIZE]) {
      pen.beginPath();
      pen.moveTo(x - 1, SIZE + 1);
      pen.lineTo(x + SIZE + 1, -1);
      pen.stroke();
    }
  }
  return pen.createPattern(tile, "repeat");
}
