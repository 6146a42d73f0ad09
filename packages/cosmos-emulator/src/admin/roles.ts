import { listOf, readFields, text } from "../fields.ts";
import type { Roles } from "../identity/roles.ts";
import type { AdminHandler } from "./route.ts";

type Definition = Parameters<Roles["define"]>[0];
type Assignment = Parameters<Roles["assign"]>[0];

export const listRoles: AdminHandler = ({ roles }) => ({
  definitions: roles.definitions(),
  assignments: roles.assignments(),
});

export const defineRole: AdminHandler = ({ roles }, { body }) => {
  const read = { id: text, name: text, dataActions: listOf(text) };
  return roles.define(readFields<Definition>(body, read, ["name", "dataActions"]));
};

export const removeRole: AdminHandler = ({ roles }, { parameters }) =>
  roles.removeDefinition(parameters["id"] ?? "");

export const assignRole: AdminHandler = ({ roles }, { body }) => {
  const read = { id: text, principal: text, role: text, scope: text };
  return roles.assign(readFields<Assignment>(body, read, ["principal", "role"]));
};

export const unassignRole: AdminHandler = ({ roles }, { parameters }) =>
  roles.unassign(parameters["id"] ?? "");
