import { maxJoins, maxQueryLength } from "@cosmos-trpc/cosmos-sql";
import { charge } from "../charge.ts";
import { reply } from "../http/call.ts";
import { dataActions, type Operation } from "./operation.ts";

/** `GET /`: the account's document. Source: `@azure/cosmos`, documents/DatabaseAccount.js, and Learn's REST reference. */
export const readAccount: Operation = {
  name: "readAccount",
  dataAction: dataActions.readMetadata,
  run(account) {
    const [writeRegion, ...others] = account.regions.map((region) => ({
      isDown: region.isDown,
      location: { name: region.name, databaseAccountEndpoint: `${region.endpoint}/` },
    }));
    const writable = writeRegion === undefined ? [] : [writeRegion.location];
    const readable = others.filter(({ isDown }) => !isDown).map(({ location }) => location);
    return reply(200, charge.metadata, {
      _self: "",
      id: account.id,
      _rid: account.id,
      media: "//media/",
      addresses: "//addresses/",
      _dbs: "//dbs/",
      writableLocations: writable,
      readableLocations: [...writable, ...readable],
      enableMultipleWriteLocations: false,
      userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 3, maxReplicasetSize: 4 },
      userConsistencyPolicy: { defaultConsistencyLevel: "Session" },
      systemReplicationPolicy: { minReplicaSetSize: 3, maxReplicasetSize: 4 },
      readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
      // JSON in a string, as the service has it; SDKs read their query limits here.
      queryEngineConfiguration: JSON.stringify({
        allowNewKeywords: true,
        maxJoinsPerSqlQuery: maxJoins,
        maxQueryRequestTimeoutFraction: 0.9,
        maxSqlQueryInputLength: maxQueryLength,
        maxUdfRefPerSqlQuery: 10,
        queryMaxInMemorySortDocumentCount: -500,
        spatialMaxGeometryPointCount: 256,
        sqlAllowNonFiniteNumbers: false,
        sqlDisableOptimizationFlags: 0,
        enableSpatialIndexing: false,
        maxInExpressionItemsCount: 2147483647,
        maxLogicalAndPerSqlQuery: 2147483647,
        maxLogicalOrPerSqlQuery: 2147483647,
        maxSpatialQueryCells: 2147483647,
        sqlAllowAggregateFunctions: true,
        sqlAllowGroupByClause: true,
        sqlAllowLike: true,
        sqlAllowSubQuery: true,
        sqlAllowScalarSubQuery: true,
        sqlAllowTop: true,
      }),
    });
  },
};
