using System.Collections.Immutable;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Ledger.Postgres;

namespace Veltrix.Silo;

/// <summary>Everything that a cluster keeps in PostgreSQL, in the order in which it is made.</summary>
public static class ClusterSchemas
{
    public static ImmutableArray<PostgresSchema> All { get; } =
    [
        PostgresSchemas.Orleans,
        PostgresSchemas.State,
        PostgresLedgerSchema.Schema,
    ];
}
