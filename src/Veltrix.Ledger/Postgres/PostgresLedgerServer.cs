using Microsoft.Extensions.Logging;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;

namespace Veltrix.Ledger.Postgres;

/// <summary>
/// Connections to the ledger's database. A server that does not answer is asked again until the caller's time is over: it restarts in seconds, and who
/// has sent nothing yet loses nothing by waiting.
/// </summary>
internal sealed partial class PostgresLedgerServer(NpgsqlDataSource source, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    /// <summary>The first pause before something is tried again; it doubles from time to time.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // All who wait for the server find out by themselves; one of them says so, when it goes and when it comes back.
    private int _away;

    /// <summary>What every connection to the ledger has, whoever made the connection string. Nothing connects yet.</summary>
    /// <exception cref="PostgresStorageException">That is no connection string.</exception>
    public static NpgsqlDataSource Build(string connectionString, int connections, TimeSpan limit)
    {
        var settings = PostgresConnection.Read(connectionString, "veltrix ledger");
        settings.MinPoolSize = 0;
        settings.MaxPoolSize = connections;
        settings.Multiplexing = false;
        settings.Enlist = false;

        // Nothing here changes a session, so nothing needs to be undone when a connection goes back.
        settings.NoResetOnClose = true;
        settings.MaxAutoPrepare = 16;
        settings.AutoPrepareMinUsages = 2;

        // A server that is gone is noticed in this time at most, and not when the network gives up.
        settings.Timeout = Math.Clamp((int)limit.TotalSeconds, 1, 5);
        settings.CommandTimeout = (int)Math.Ceiling(limit.TotalSeconds);

        // Every statement here goes by a key. One that was planned while the table was empty must not read all of it later.
        settings.Options = $"{settings.Options} -c enable_seqscan=off".TrimStart();
        return PostgresConnection.Pool(settings, "veltrix-ledger");
    }

    public async ValueTask<NpgsqlConnection> OpenAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var connection = await source.OpenConnectionAsync(cancellationToken);
                if (Volatile.Read(ref _away) != 0 && Interlocked.Exchange(ref _away, 0) != 0)
                {
                    LogBack();
                }

                return connection;
            }
            catch (NpgsqlException problem) when (PostgresAvailability.IsPassing(problem) && deadline.Left > pause)
            {
                if (Interlocked.Exchange(ref _away, 1) == 0)
                {
                    LogAway(problem.Message, deadline.Left.TotalSeconds);
                }

                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    [LoggerMessage(3030, LogLevel.Warning, "PostgreSQL does not answer ({Why}); it is asked again for {Seconds:F1} s")]
    private partial void LogAway(string why, double seconds);

    [LoggerMessage(3032, LogLevel.Warning, "PostgreSQL answers again")]
    private partial void LogBack();
}
