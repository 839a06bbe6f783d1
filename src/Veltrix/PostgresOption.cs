using System.CommandLine;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;

namespace Veltrix.Commands;

/// <summary>The cluster's database on the command line, or in the environment, where no list of processes shows its password.</summary>
internal static class PostgresOption
{
    public const string Variable = "VELTRIX_POSTGRES";

    public static Option<string?> Create() => new("--postgres")
    {
        Description = $"How to reach the cluster's PostgreSQL database. Better give it in {Variable}: a command line is no place for a password.",
        HelpName = "CONNECTION",
    };

    /// <summary>What was given on the command line, else what the environment has; null when neither.</summary>
    public static string? Given(string? given) => given ?? Environment.GetEnvironmentVariable(Variable);

    /// <exception cref="PostgresStorageException">There is none, or it cannot be understood.</exception>
    public static NpgsqlDataSource Open(string? given) => PostgresConnection.Pool(Read(given), "veltrix");

    /// <exception cref="PostgresStorageException">There is none, or it cannot be understood.</exception>
    public static NpgsqlConnectionStringBuilder Read(string? given) =>
        Given(given) is { Length: > 0 } connection
            ? PostgresConnection.Read(connection, "veltrix")
            : throw new PostgresStorageException($"Say where the database is: set {Variable}, or give --postgres CONNECTION.");
}
