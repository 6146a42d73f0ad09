/**
 * The service's bounds of a query. Source: Microsoft Learn, "Azure Cosmos DB service quotas", SQL query limits and
 * per-item limits (concepts-limits).
 */

/** Characters of a query's text: 512 KB of it. */
export const maxQueryLength = 512 * 1024;

/** JOINs of one query. */
export const maxJoins = 10;

/** How deep an item's arrays and objects may nest; values that a query builds keep to it. */
export const maxNestingLevels = 128;
