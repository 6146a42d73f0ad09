import { api } from "../examples/orders/router.ts";
import { serve } from "../src/index.ts";

await serve(api);
