import { serve } from "../src/index.ts";
import { unsendable } from "./unsendable.ts";

await serve(unsendable);
