using Microsoft.Extensions.Options;

namespace Veltrix.Ledger;

/// <summary>Settings of the ledger.</summary>
public sealed class LedgerOptions
{
    /// <summary>
    /// How many drafts may wait in one shard for the commit under way, 1 to 1,000,000; 4,096 by default. More are answered <see cref="EntryStatus.Busy"/>. A
    /// larger number rides out longer bursts and lets players wait longer.
    /// </summary>
    public int MaxWaitingDrafts { get; set; } = 4_096;

    /// <summary>
    /// How many drafts one shard records in one commit, 1 to 10,000; 512 by default. A call is never split, so one with more goes alone. Larger
    /// groups cost less a draft and make the other shards' groups in the same transaction wait longer.
    /// </summary>
    public int MaxGroup { get; set; } = 512;

    /// <summary>
    /// How many groups, of all shards of a silo, may wait for the store's writers, 1 to 100,000; 1,024 by default. Past it a shard answers
    /// <see cref="EntryStatus.Busy"/>.
    /// </summary>
    public int MaxWaitingGroups { get; set; } = 1_024;

    /// <summary>
    /// How many groups a silo records on PostgreSQL at once, 1 to 256; 8 by default. Each keeps a connection and, on the server, a process: all silos'
    /// writers and readers together must fit into its max_connections. More let more shards share one write to the disk, and compete for the server's
    /// processors. The embedded store has one writer.
    /// </summary>
    public int Writers { get; set; } = 8;

    /// <summary>
    /// How long a group may take on PostgreSQL, from the call to the answer, 1 s to 5 minutes; 10 s by default. In this time a server that is away is
    /// asked again; after it, a group that still waits for its turn is answered busy, and one that was sent is given up as unknown. A longer time rides
    /// out longer restarts, and lets players wait longer before they are told to come again.
    /// </summary>
    public TimeSpan CommitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a read may take on PostgreSQL, tries on a server that is away included, 1 s to 5 minutes; 15 s by default. A board of a large hunt sums
    /// up all its entries: give more where that takes longer.
    /// </summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest text of an entry, in bytes of UTF-8, 1 to 65,536; 1,024 by default, which holds 140 characters of any kind.</summary>
    public int MaxTextBytes { get; set; } = 1_024;

    /// <summary>
    /// After how many written pages of 4 KiB the embedded store carries its write-ahead log over into the database, 100 to 1,000,000; 4,000 by
    /// default. A larger number does it less often, and leaves a larger log to read after a crash.
    /// </summary>
    public int CheckpointPages { get; set; } = 4_000;

    /// <summary>
    /// How many reads run at once, 1 to 64; 4 by default. Each keeps a connection: of the embedded store with its cache of some 2 MB, of PostgreSQL with
    /// a process on the server.
    /// </summary>
    public int Readers { get; set; } = 4;

    /// <summary>
    /// How many entries that score a shard keeps for its board while the board does not answer, 1 to 1,000,000; 4,096 by default. What is over it
    /// the board reads from the ledger.
    /// </summary>
    public int MaxBoardBacklog { get; set; } = 4_096;

    /// <summary>How long a shard waits after a failed call to the board, 10 ms to 1 minute; 100 ms by default, doubled each time up to a minute.</summary>
    public TimeSpan BoardRetry { get; set; } = TimeSpan.FromMilliseconds(100);
}

/// <summary>Checks <see cref="LedgerOptions"/> at start.</summary>
public sealed class LedgerOptionsValidator : IValidateOptions<LedgerOptions>
{
    public ValidateOptionsResult Validate(string? name, LedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> problems = [];
        Check(nameof(options.MaxWaitingDrafts), options.MaxWaitingDrafts, 1, 1_000_000);
        Check(nameof(options.MaxGroup), options.MaxGroup, 1, 10_000);
        Check(nameof(options.MaxWaitingGroups), options.MaxWaitingGroups, 1, 100_000);
        Check(nameof(options.Writers), options.Writers, 1, 256);
        Check(nameof(options.CommitTimeout) + " in milliseconds", (long)options.CommitTimeout.TotalMilliseconds, 1_000, 300_000);
        Check(nameof(options.ReadTimeout) + " in milliseconds", (long)options.ReadTimeout.TotalMilliseconds, 1_000, 300_000);
        Check(nameof(options.MaxTextBytes), options.MaxTextBytes, 1, 65_536);
        Check(nameof(options.CheckpointPages), options.CheckpointPages, 100, 1_000_000);
        Check(nameof(options.Readers), options.Readers, 1, 64);
        Check(nameof(options.MaxBoardBacklog), options.MaxBoardBacklog, 1, 1_000_000);
        Check(nameof(options.BoardRetry) + " in milliseconds", (long)options.BoardRetry.TotalMilliseconds, 10, 60_000);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(string setting, long value, long least, long most)
        {
            if (value < least || value > most)
            {
                problems.Add($"LedgerOptions.{setting} is {value}: give {least} to {most}.");
            }
        }
    }
}
