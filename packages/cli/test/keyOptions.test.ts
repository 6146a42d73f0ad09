import type { EntityManifest, KeyFieldManifest, ScalarKind } from "@cosmos-trpc/base";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addPartitionKey } from "../src/entity/keyOptions.ts";
import { manifest } from "./example/cli.ts";

/** An entity with a partition key of these fields. */
function entityWith(...fields: readonly Partial<KeyFieldManifest>[]): EntityManifest {
  const key = [{ name: "id" }, ...fields].map((field): KeyFieldManifest => {
    const name = field.name ?? "pk";
    return { name, path: name.split("."), kinds: ["string"], isOptional: false, ...field };
  });
  return { ...(manifest.entities["items"] as EntityManifest), key };
}

/** What a command's words say of a partition key. */
function read(entity: EntityManifest, ...words: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const partitionKey = addPartitionKey(command, entity, "its");
  command.parse(words, { from: "user" });
  return {
    flags: partitionKey.flags,
    key: () => partitionKey.key("a", command.opts()),
    prefix: () => partitionKey.prefix(command.opts()),
  };
}

const kinds = (...names: ScalarKind[]) => ({ kinds: names });

describe("a partition key of one field", () => {
  test("is --pk, whatever the field is called, and of the field's kind", () => {
    expect(read(entityWith({ name: "category" }), "--pk", "7").key()).toEqual({ id: "a", category: "7" });
    expect(read(entityWith({ name: "shelf", ...kinds("number") }), "--pk", "7.5").key()).toEqual({
      id: "a",
      shelf: 7.5,
    });
    expect(read(entityWith({ name: "isOpen", ...kinds("boolean") }), "--pk", "true").prefix()).toBe(true);
    expect(read(entityWith({ name: "address.city" }), "--pk", "Paris").key()).toEqual({
      id: "a",
      address: { city: "Paris" },
    });
    expect(read(entityWith({ name: "address.city" }), "--pk", "Paris").prefix()).toBe("Paris");
  });

  test("of several kinds is what it looks like, and in quotes a text", () => {
    const entity = entityWith(kinds("string", "number"));
    expect(read(entity, "--pk", "7").prefix()).toBe(7);
    expect(read(entity, "--pk", '"7"').prefix()).toBe("7");
    expect(read(entity, "--pk", "007").prefix()).toBe("007");
    expect(read(entity, "--pk", "true").prefix()).toBe("true");
  });

  test("is needed where the schema does not fill it in", () => {
    expect(read(entityWith({ isOptional: true })).key()).toEqual({ id: "a" });
    expect(() => read(entityWith({})).key()).toThrow("Say --pk <value>: an item is named by its id and pk.");
    expect(read(entityWith({})).prefix()).toBeUndefined();
  });

  test("is none where items are partitioned by their id", () => {
    expect(read(entityWith())).toMatchObject({ flags: [] });
    expect(read(entityWith()).key()).toEqual({ id: "a" });
  });
});

describe("a hierarchical partition key", () => {
  const entity = entityWith({ name: "tenantId" }, { name: "at.year", ...kinds("number") });

  test("has an option for each field, and narrows by the first of them", () => {
    expect(read(entity).flags).toEqual(["tenant-id", "at-year"]);
    const whole = read(entity, "--tenant-id", "x", "--at-year", "2026");
    expect(whole.key()).toEqual({ id: "a", tenantId: "x", at: { year: 2026 } });
    expect(whole.prefix()).toEqual({ tenantId: "x", at: { year: 2026 } });
    expect(read(entity, "--tenant-id", "x").prefix()).toEqual({ tenantId: "x" });
    expect(read(entity).prefix()).toBeUndefined();
  });

  test("with a gap is wrong usage", () => {
    expect(() => read(entity, "--at-year", "2026").prefix()).toThrow("--at-year goes with --tenant-id");
    expect(() => read(entity, "--tenant-id", "x").key()).toThrow("Say --at-year <value>");
    expect(() => read(entity, "--tenant-id", "x", "--at-year", "soon").key()).toThrow(
      "it has to be a number.",
    );
  });

  test("whose fields are called as options have a prefix in every command", () => {
    const names = ["url", "where", "json", "limit", "noReply", "__proto__", "aB", "a_b"];
    const { flags } = read(entityWith(...names.map((name) => ({ name }))));
    expect(flags).toEqual([
      "key-url",
      "key-where",
      "key-json",
      "key-limit",
      "key-no-reply",
      "proto",
      "a-b",
      "key-a-b",
    ]);
    const two = entityWith({ name: "url" }, { name: "__proto__" });
    const { key } = read(two, "--key-url", "u", "--proto", "p");
    expect(JSON.stringify(key())).toBe('{"id":"a","url":"u","__proto__":"p"}');
  });
});
