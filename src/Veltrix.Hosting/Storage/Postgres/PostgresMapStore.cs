using System.Collections.Immutable;
using Npgsql;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>Maps in the cluster's database. Silos may store the same map at once: one row stays.</summary>
public sealed class PostgresMapStore(NpgsqlDataSource database) : IMapStore
{
    private const int MostListed = 1_000;

    public async ValueTask SaveAsync(MapSummary summary, ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(summary);
        await using var insert = database.CreateCommand(
            "INSERT INTO maps (hash, name, width, height, encoded) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = summary.Hash });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = summary.Name });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = summary.Width });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = summary.Height });
        insert.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = encoded });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask<byte[]?> LoadAsync(string hash, CancellationToken cancellationToken = default)
    {
        await using var select = database.CreateCommand("SELECT encoded FROM maps WHERE hash = $1");
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hash });
        return await select.ExecuteScalarAsync(cancellationToken) as byte[];
    }

    public async ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        await using var select = database.CreateCommand("SELECT hash, name, width, height FROM maps WHERE hash > $1 ORDER BY hash LIMIT $2");
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after ?? "" });
        select.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Math.Min(limit, MostListed) });
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var found = ImmutableArray.CreateBuilder<MapSummary>();
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(new MapSummary(rows.GetString(0), rows.GetString(1), rows.GetInt32(2), rows.GetInt32(3)));
        }

        return found.ToImmutable();
    }
}
