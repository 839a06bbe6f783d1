using System.Text.Json;
using Npgsql;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Contracts;
using Veltrix.Ledger.Postgres;
using Veltrix.Ledger.Verification;

namespace Veltrix.Commands.Chaos.Audit;

/// <summary>After a run, beside the swarm's own audit: reads the database itself, and says what does not hold, in sentences.</summary>
internal static class ChaosAudit
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <param name="connection">the database, with its password</param>
    /// <param name="hunt">the hunt that was played</param>
    /// <param name="ackedLog">the file with the scores that players saw acknowledged</param>
    /// <param name="operating">the gateways, for the board</param>
    /// <param name="time">the clock of the waits</param>
    public static async Task<IReadOnlyList<string>> RunAsync(string connection, string hunt, string ackedLog, OperatorApi operating, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            var check = new ScoreCheck();
            var id = new HuntId(hunt);
            await using var ledger = await PostgresLedgerAudit.OpenAsync(connection, limit.Token);
            foreach (var chain in await ledger.ListChainsAsync(id, limit.Token))
            {
                await foreach (var entry in ledger.ReadChainAsync(id, chain.Shard, limit.Token))
                {
                    check.Add(entry.Content);
                }
            }

            await foreach (var line in File.ReadLinesAsync(ackedLog, limit.Token))
            {
                check.Acknowledged(line);
            }

            check.Board(await operating.BoardAsync(hunt, check.Entries, time, limit.Token));
            var verified = await new LedgerVerifier(ledger).VerifyAsync(check.Entries == 0 ? null : id, limit.Token);
            return [.. check.Problems, .. verified.Problem is { } problem ? [$"veltrix verify finds: {problem}"] : Array.Empty<string>()];
        }
        catch (Exception unreadable) when (unreadable is NpgsqlException or InvalidDataException or JsonException or IOException or OperatorException or HttpRequestException or OperationCanceledException)
        {
            return [$"the database could not be audited: {unreadable.Message}"];
        }
    }
}
