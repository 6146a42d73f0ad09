export {
  type GenerateOptions,
  type GenerateResult,
  generateRouterTypes,
} from "./generateRouterTypes.ts";
export { formatProblem, type Problem } from "./problem.ts";
