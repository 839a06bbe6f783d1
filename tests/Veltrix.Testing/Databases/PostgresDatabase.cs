using System.Security.Cryptography;
using Npgsql;

namespace Veltrix.Testing.Databases;

/// <summary>
/// An empty PostgreSQL database of its own for a test class, on the server that VELTRIX_TEST_POSTGRES names (see tests/postgres); dropped at the end,
/// whoever is still connected. Take it as a class fixture, and skip in the class's constructor: <c>Assert.SkipWhen(PostgresDatabase.Missing is not null, ...)</c>.
/// </summary>
public sealed class PostgresDatabase : IDisposable
{
    private const string Variable = "VELTRIX_TEST_POSTGRES";

    private readonly string? _name;

    /// <summary>Creates the database, or nothing where there is no server.</summary>
    public PostgresDatabase()
    {
        if (Missing is null)
        {
            _name = "veltrix_test_" + RandomNumberGenerator.GetHexString(16, lowercase: true);
            Execute($"CREATE DATABASE {_name}");
            DataSource = NpgsqlDataSource.Create(ConnectionString);
        }
    }

    /// <summary>Why there can be no test with PostgreSQL; null when there can.</summary>
    public static string? Missing => string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Variable))
        ? $"{Variable} names no PostgreSQL server: tests/run starts one, or export what `tests/postgres start DIR` prints."
        : null;

    /// <summary>How to connect to the server itself, for tests that make databases of their own.</summary>
    public static string Server => Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException(Missing);

    /// <summary>How to connect to the database, with its password.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(Server) { Database = _name, IncludeErrorDetail = true }.ConnectionString;

    /// <summary>A pool of connections to the database; gone with it.</summary>
    public NpgsqlDataSource DataSource => field ?? throw new InvalidOperationException(Missing);

    public void Dispose()
    {
        if (_name is not null)
        {
            DataSource.Dispose();
            Execute($"DROP DATABASE {_name} WITH (FORCE)");
        }
    }

    private static void Execute(string sql)
    {
        // Without a pool: nothing stays connected to the server between two test classes.
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
