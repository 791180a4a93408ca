// The reference of the interface: our own copy of Swagger UI over our own description.

addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#reference",
    validatorUrl: null,
    deepLinking: false,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    presets: [window.SwaggerUIBundle.presets.apis],
    // A plug-in cannot be fetched, and nothing leaves this page.
    queryConfigEnabled: false,
    onComplete: () => {
      document.getElementById("reference").dataset.ready = "yes";
    },
  });
});
