export {
  type GenerateOptions,
  type GenerateResult,
  generateRouterTypes,
} from "./generateRouterTypes.ts";
export { formatProblem, type Problem } from "./problem.ts";
export { createParsedFiles, type ParsedFiles } from "./project/parsedFiles.ts";
