import { defineConfig } from "vitest/config";
import shared from "../../../vitest.shared.ts";

const { pool } = shared.test ?? {};

/** A project whose one file never ends. */
export default defineConfig({
  test: { ...(pool && { pool }), include: ["*.ts"], exclude: ["vitest.config.ts"] },
});
