using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// Brings the tables of a database up to date, and tells whether they are. The table veltrix_migrations says which steps were run, with the digest
/// of each one's text. Every step is one transaction that first takes the database's migration lock and then looks what is missing, so processes that
/// start at once run each step once, and one that dies leaves its step undone and the lock free.
/// </summary>
/// <param name="database">the database</param>
/// <param name="schemas">every part that this program keeps in it, in the order in which they are made</param>
public sealed partial class PostgresMigrator(NpgsqlDataSource database, ImmutableArray<PostgresSchema> schemas, ILogger<PostgresMigrator>? logger = null)
{
    // A lock's number means something only inside its database; this one is nobody else's: the bytes of "veltrix!".
    private const long Lock = 0x76656c7472697821;

    private readonly ILogger _logger = logger ?? NullLogger<PostgresMigrator>.Instance;

    /// <summary>Runs the steps that the database lacks. A repeat, or a process that comes second, does nothing.</summary>
    /// <returns>the steps that this call ran</returns>
    /// <exception cref="PostgresStorageException">The database is newer than this program, an old step was changed since, or a step failed. What was done stays.</exception>
    public async Task<ImmutableArray<PostgresStep>> MigrateAsync(CancellationToken cancellationToken = default)
    {
        var run = ImmutableArray.CreateBuilder<PostgresStep>();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        while (await RunNextAsync(connection, cancellationToken) is { } step)
        {
            LogRan(step.Part, step.Number);
            run.Add(step);
        }

        return run.ToImmutable();
    }

    /// <summary>Looks without changing anything: for processes that do not migrate when they start.</summary>
    /// <exception cref="PostgresStorageException">The database lacks steps, is newer than this program, or an old step was changed since.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        if (await LackAsync(cancellationToken) is { } lack)
        {
            throw new PostgresStorageException($"{lack}: run `veltrix migrate`.");
        }
    }

    /// <summary>Looks without changing anything: for who waits until somebody else has migrated.</summary>
    /// <returns>what the database lacks, as the beginning of a sentence; null when it is up to date</returns>
    /// <exception cref="PostgresStorageException">The database is newer than this program, or an old step was changed since.</exception>
    public async Task<string?> LackAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var missing = Missing(await ReadAsync(connection, cancellationToken));
        return missing.Count switch
        {
            0 => null,
            1 => $"The database {Place} lacks the migration {missing[0]}",
            _ => $"The database {Place} lacks {missing.Count} migrations, first {missing[0]}",
        };
    }

    private string Place => PostgresAvailability.PlaceOf(database);

    private async Task<PostgresStep?> RunNextAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        var missing = Missing(await ReadAsync(connection, cancellationToken));
        if (missing.Count == 0)
        {
            return null;
        }

        var step = missing[0];
        var script = Script(step);
        try
        {
            await ExecuteAsync(
                connection,
                """
                CREATE TABLE IF NOT EXISTS veltrix_migrations (
                    part text NOT NULL,
                    number integer NOT NULL,
                    checksum text NOT NULL,
                    run_at timestamptz NOT NULL DEFAULT now(),
                    PRIMARY KEY (part, number)
                )
                """,
                cancellationToken);
            await ExecuteAsync(connection, script, cancellationToken);
            await using var record = new NpgsqlCommand("INSERT INTO veltrix_migrations (part, number, checksum) VALUES ($1, $2, $3)", connection)
            {
                Parameters = { new() { Value = step.Part }, new() { Value = step.Number }, new() { Value = Checksum(script) } },
            };
            await record.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException problem)
        {
            throw new PostgresStorageException(
                $"The migration {step} failed, and nothing of it was kept: {problem.MessageText} ({problem.SqlState}). Mend that and run `veltrix migrate` again.", problem);
        }

        return step;
    }

    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var attempt = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = Lock } } };
        if (await attempt.ExecuteScalarAsync(cancellationToken) is true)
        {
            return;
        }

        // Without a time-out: another process may be at a step that takes long.
        LogWaiting();
        await using var wait = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = Lock } }, CommandTimeout = 0 };
        await wait.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Dictionary<PostgresStep, string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var run = new Dictionary<PostgresStep, string>();
        await using (var exists = new NpgsqlCommand("SELECT to_regclass('veltrix_migrations') IS NOT NULL", connection))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return run;
            }
        }

        await using var select = new NpgsqlCommand("SELECT part, number, checksum FROM veltrix_migrations", connection);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            run.Add(new PostgresStep(rows.GetString(0), rows.GetInt32(1)), rows.GetString(2));
        }

        return run;
    }

    /// <summary>The steps that were not run yet, in their order.</summary>
    private List<PostgresStep> Missing(Dictionary<PostgresStep, string> run)
    {
        var known = schemas.SelectMany(schema => schema.Migrations.Select((_, index) => new PostgresStep(schema.Part, index + 1))).ToList();
        if (run.Keys.Except(known).OrderBy(step => step.Part, StringComparer.Ordinal).ThenBy(step => step.Number).FirstOrDefault() is { Part: not null } newer)
        {
            throw new PostgresStorageException(
                $"The database {Place} was migrated by a newer veltrix (it holds {newer}, which this program does not know): run that version, or restore the backup from before.");
        }

        if (known.Find(step => run.TryGetValue(step, out var checksum) && !string.Equals(checksum, Checksum(Script(step)), StringComparison.Ordinal)) is { Part: not null } changed)
        {
            throw new PostgresStorageException(
                $"The migration {changed} is not the one that the database {Place} was made with: run the veltrix that made it, or a released one after it.");
        }

        return known.FindAll(step => !run.ContainsKey(step));
    }

    private string Script(PostgresStep step) => schemas.Single(schema => schema.Part == step.Part).Migrations[step.Number - 1];

    // The same text wherever it was compiled: a checkout may have changed its line ends.
    private static string Checksum(string script) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\n"))));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(6001, LogLevel.Information, "Ran the migration {Part} {Number}")]
    private partial void LogRan(string part, int number);

    [LoggerMessage(6002, LogLevel.Information, "Another process migrates the database: waiting for it")]
    private partial void LogWaiting();
}
