import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The viewer's files that the documentation page needs, with their content types. */
export const viewerFiles: ReadonlyMap<string, string> = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
]);

/** Where the viewer's files are: beside the bundled server, which has no packages, or in their package. */
export function viewerFolder(): string {
  const beside = join(import.meta.dirname, "docs");
  if (existsSync(beside)) return beside;
  return dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
}

/** The documentation page. It loads nothing from elsewhere, which its content security policy holds it to. */
export const viewerPage = (title: string, docsPath: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${escapeHtml(docsPath)}/swagger-ui.css">
</head>
<body>
<div id="viewer"></div>
<script src="${escapeHtml(docsPath)}/swagger-ui-bundle.js"></script>
<script src="${escapeHtml(docsPath)}/start.js"></script>
</body>
</html>
`;

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Starts the viewer: a file of its own, since the policy allows no script in the page. */
export const viewerStart = (openApiPath: string): string =>
  `SwaggerUIBundle({ url: ${JSON.stringify(openApiPath)}, dom_id: "#viewer", deepLinking: true, validatorUrl: null });\n`;

/** What the page may load: this server's files, and the pictures that the viewer's style has in itself. */
export const viewerPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
