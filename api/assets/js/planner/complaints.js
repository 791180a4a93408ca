// Says at a field what the server found wrong with it; what belongs to no field stands above the sentence.

const told = document.getElementById("told");
const form = document.getElementById("ask");

/** Say at a field what is wrong with it, where the server found something. */
export function complain() {
  const complaints = [...told.querySelectorAll(".planner-complaint")];
  for (const old of form.querySelectorAll("[data-complaint]")) {
    old.remove();
  }
  for (const field of form.querySelectorAll(".field.wrong")) {
    field.classList.remove("wrong");
    field.querySelector("input")?.removeAttribute("aria-invalid");
  }
  for (const said of complaints) {
    const control = document.getElementById(said.dataset.field);
    const home = control?.closest(".days .field");
    if (home) {
      const line = document.createElement("p");
      line.className = "error";
      line.id = `${control.id}-error`;
      line.dataset.complaint = "";
      line.textContent = said.textContent;
      home.append(line);
      home.classList.add("wrong");
      control.setAttribute("aria-invalid", "true");
    }
  }
}
