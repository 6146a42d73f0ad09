import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import type { Api } from "../createApi.ts";
import { openApiDocument } from "../openapi/openApiDocument.ts";
import { viewerFiles, viewerFolder, viewerPage, viewerPolicy, viewerStart } from "../openapi/viewer.ts";
import { sendAnswer } from "./answer.ts";
import { docsPath, openApiPath, restPath } from "./paths.ts";
import { nothingAt, problemOf } from "./problem.ts";
import { mountedAt } from "./target.ts";

/** What is sent for a path. */
interface Page {
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves the OpenAPI document and a page that shows it, from this server alone. Nothing is made before it is asked for. */
export function createDocsHandler(api: Api, onError: (error: TRPCError, path: string) => void) {
  const pages = new Map<string, Page>();

  async function make(path: string, mount: string): Promise<Page | undefined> {
    if (path === openApiPath) {
      const document = openApiDocument(api, restPath, mount);
      return { type: "application/json; charset=utf-8", body: JSON.stringify(document) };
    }
    if (path === docsPath || path === `${docsPath}/`) {
      const headers = { "content-security-policy": viewerPolicy };
      return { type: "text/html; charset=utf-8", body: viewerPage(api.title, mount + docsPath), headers };
    }
    const name = path.slice(docsPath.length + 1);
    if (name === "start.js")
      return { type: "text/javascript; charset=utf-8", body: viewerStart(mount + openApiPath) };
    const type = viewerFiles.get(name);
    return type === undefined ? undefined : { type, body: await readFile(join(viewerFolder(), name)) };
  }

  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const mount = mountedAt(request);
    const key = `${mount} ${path}`;
    let page = pages.get(key);
    try {
      page ??= await make(path, mount);
    } catch (thrown) {
      // The viewer's files were not deployed with the server.
      const error = getTRPCErrorFromUnknown(thrown);
      onError(error, `${request.method} ${path}`);
      return sendAnswer(response, problemOf(error, path));
    }
    if (page === undefined) return sendAnswer(response, nothingAt(api.entities, request.method, path));
    pages.set(key, page);
    response
      .writeHead(200, {
        "content-type": page.type,
        "content-length": Buffer.byteLength(page.body),
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        ...page.headers,
      })
      .end(page.body);
  };
}
