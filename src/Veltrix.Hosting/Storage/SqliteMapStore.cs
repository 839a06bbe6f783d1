using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Veltrix.Hosting.Threads;

namespace Veltrix.Hosting.Storage;

/// <summary>Maps in <c>state.db</c>. They are few and read once a silo, so one connection serves all, one call at a time.</summary>
public sealed class SqliteMapStore : IMapStore, IDisposable
{
    private const int MostListed = 1_000;

    private readonly SqliteConnection _connection;

    // A map of megabytes takes a while to read: not on a thread that serves grains.
    private readonly OwnThreads _thread = new("map store", 1);

    public SqliteMapStore(string path) => _connection = SqliteFile.OpenWriter(path, "NORMAL", StateSchema.Migrations);

    public ValueTask SaveAsync(MapSummary summary, ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new(_thread.RunAsync(
            () =>
            {
                using var insert = new SqliteStatement(
                    _connection, "INSERT INTO maps (hash, name, width, height, encoded) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
                return insert.Bind(1, summary.Hash).Bind(2, summary.Name).Bind(3, summary.Width).Bind(4, summary.Height).Bind(5, encoded.Span).Run();
            },
            cancellationToken));
    }

    public ValueTask<byte[]?> LoadAsync(string hash, CancellationToken cancellationToken = default) => new(_thread.RunAsync(
        () =>
        {
            using var select = new SqliteStatement(_connection, "SELECT encoded FROM maps WHERE hash = ?");
            return select.Bind(1, hash).Step() ? select.Bytes(0).ToArray() : null;
        },
        cancellationToken));

    public ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return new(_thread.RunAsync(
            () =>
            {
                using var select = new SqliteStatement(
                    _connection, "SELECT hash, name, width, height FROM maps WHERE hash > ? ORDER BY hash LIMIT ?");
                select.Bind(1, after ?? "").Bind(2, Math.Min(limit, MostListed));
                var found = ImmutableArray.CreateBuilder<MapSummary>();
                while (select.Step())
                {
                    found.Add(new MapSummary(select.Text(0), select.Text(1), select.Int32(2), select.Int32(3)));
                }

                return found.ToImmutable();
            },
            cancellationToken));
    }

    public void Dispose()
    {
        _thread.Dispose();
        _connection.Dispose();
    }
}
