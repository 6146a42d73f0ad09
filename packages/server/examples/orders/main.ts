import { serve } from "../../src/serve.ts";
import { entities, shopRouter } from "./router.ts";

serve({ entities, router: shopRouter });
