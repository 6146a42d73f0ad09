import type { Manifest } from "@cosmos-trpc/base";

export const idempotent: readonly string[] = ["items.replace", "items.upsert"];

export const manifest: Manifest = { manifestVersion: 1, title: "", procedures: {}, entities: {} };
