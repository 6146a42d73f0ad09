import { listOf, readFields, text } from "../fields.ts";
import type { Roles } from "../identity/roles.ts";
import type { Route } from "./route.ts";

type Definition = Parameters<Roles["define"]>[0];
type Assignment = Parameters<Roles["assign"]>[0];

/** Role definitions and assignments. */
export const roleRoutes = (roles: Roles): readonly Route[] => [
  {
    method: "GET",
    path: "/roles",
    run: () => ({ definitions: roles.definitions(), assignments: roles.assignments() }),
  },
  {
    method: "POST",
    path: "/roles/definitions",
    status: 201,
    run: ({ body }) =>
      roles.define(
        readFields<Definition>(body, { id: text, name: text, dataActions: listOf(text) }, [
          "name",
          "dataActions",
        ]),
      ),
  },
  {
    method: "DELETE",
    path: "/roles/definitions/:id",
    status: 204,
    run: ({ parameters }) => roles.removeDefinition(parameters["id"] ?? ""),
  },
  {
    method: "POST",
    path: "/roles/assignments",
    status: 201,
    run: ({ body }) =>
      roles.assign(
        readFields<Assignment>(body, { id: text, principal: text, role: text, scope: text }, [
          "principal",
          "role",
        ]),
      ),
  },
  {
    method: "DELETE",
    path: "/roles/assignments/:id",
    status: 204,
    run: ({ parameters }) => roles.unassign(parameters["id"] ?? ""),
  },
];
