import { serve } from "../../src/index.ts";
import { entities, shopRouter } from "./router.ts";

serve({ entities, router: shopRouter });
