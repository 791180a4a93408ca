// The detail of a case, opened below its line: asks for it, and hands what lies around the case to the map.
import { keepingPlace } from "./lists.js";

/** Ask for the detail of a case and put it below its line; answers what lies around it, null if it did not come. */
export async function openDetail(line, failed) {
  const link = line.firstElementChild;
  let place = line.querySelector(".case-place");
  if (!place) {
    place = document.createElement("div");
    place.className = "case-place";
    place.id = `detail-${line.dataset.case}`;
    link.after(place);
    link.setAttribute("aria-controls", place.id);
  }
  link.setAttribute("aria-expanded", "true");
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true", Accept: "text/html" } });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const text = await answer.text();
    const put = () => {
      place.innerHTML = text;
    };
    // Asked for again, it must not move what is read; opened, it is what is read.
    if (place.firstElementChild) {
      keepingPlace(put);
    } else {
      put();
    }
  } catch {
    if (!place.firstElementChild) {
      place.textContent = failed;
    }
    return null;
  } finally {
    place.removeAttribute("aria-busy");
  }
  return JSON.parse(place.querySelector(".around").textContent);
}

export function closeDetail(line) {
  line.querySelector(".case-place")?.remove();
  line.firstElementChild.removeAttribute("aria-controls");
  line.firstElementChild.setAttribute("aria-expanded", "false");
}
