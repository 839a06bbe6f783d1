using System.Globalization;
using Npgsql;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>Makes the one pool of connections that a process has to its database out of what an operator gave.</summary>
public static class PostgresConnection
{
    // A server takes 100 connections unless it is told otherwise: three silos and two gateways shall fit.
    private const int MostConnections = 18;

    // Opening takes milliseconds; one that takes this long goes to a machine that is gone, and a retry finds out sooner.
    private const int SecondsToOpen = 5;

    // With it, what follows a socket's operation runs on the thread that polls all sockets.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Makes the pool of what <see cref="Read"/> understands; nothing connects yet.</summary>
    /// <exception cref="PostgresStorageException">The text cannot be understood.</exception>
    public static NpgsqlDataSource CreateDataSource(string connection, string application) => Pool(Read(connection, application), "veltrix");

    /// <summary>Makes a pool; nothing connects yet.</summary>
    /// <param name="settings">how to connect</param>
    /// <param name="name">what metrics call the pool, which else bear the whole connection string but for the password</param>
    /// <exception cref="PostgresStorageException">The process completes its sockets' operations on the thread that polls them.</exception>
    public static NpgsqlDataSource Pool(NpgsqlConnectionStringBuilder settings, string name)
    {
        ArgumentNullException.ThrowIfNull(settings);

        // Whoever cancels a command keeps Npgsql's lock on its connection until the server has answered. A polling thread that comes to that lock waits for bytes of which only it could tell,
        // and no socket of the process is heard until the wait is given up: seconds for one command, most of a minute for those of a crowd.
        if (Environment.GetEnvironmentVariable(InlineCompletions) is { } inline && (inline == "1" || string.Equals(inline, "true", StringComparison.OrdinalIgnoreCase)))
        {
            throw new PostgresStorageException($"{InlineCompletions} is {inline}. A process that uses PostgreSQL can hang with it: take it out of the environment.");
        }

        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name }.Build();
    }

    /// <summary>
    /// Reads a connection string, or a postgres:// address. What it leaves open gets the defaults of Veltrix. The result holds the password, which a
    /// data source does not give back.
    /// </summary>
    /// <param name="connection">such as <c>Host=db;Username=veltrix;Password=...;Database=veltrix</c> or <c>postgres://veltrix:...@db/veltrix</c></param>
    /// <param name="application">what the server lists the connections as</param>
    /// <exception cref="PostgresStorageException">The text is neither.</exception>
    public static NpgsqlConnectionStringBuilder Read(string connection, string application)
    {
        ArgumentNullException.ThrowIfNull(connection);
        NpgsqlConnectionStringBuilder given;
        try
        {
            given = new NpgsqlConnectionStringBuilder(IsAddress(connection) ? FromAddress(connection) : connection);
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or KeyNotFoundException or NotSupportedException)
        {
            // The text itself is not repeated: it may hold a password.
            throw new PostgresStorageException($"The connection to PostgreSQL cannot be understood: {problem.Message.TrimEnd('.')}. {Example}", problem);
        }

        if (string.IsNullOrEmpty(given.Host))
        {
            throw new PostgresStorageException($"The connection to PostgreSQL names no host. {Example}");
        }

        Default("Application Name", () => given.ApplicationName = application);
        Default("Maximum Pool Size", () => given.MaxPoolSize = Math.Max(MostConnections, given.MinPoolSize));
        Default("Timeout", () => given.Timeout = SecondsToOpen);
        return given;

        void Default(string setting, Action set)
        {
            if (!given.ShouldSerialize(setting))
            {
                set();
            }
        }
    }

    private const string Example = "Give it like Host=127.0.0.1;Port=5432;Username=veltrix;Password=...;Database=veltrix, or like postgres://veltrix:...@127.0.0.1:5432/veltrix.";

    private static bool IsAddress(string connection) =>
        connection.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || connection.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static string FromAddress(string connection)
    {
        if (!Uri.TryCreate(connection, UriKind.Absolute, out var address))
        {
            throw new FormatException("it is no valid address");
        }

        var given = new NpgsqlConnectionStringBuilder { Host = address.IdnHost };
        if (address.Port > 0)
        {
            given.Port = address.Port;
        }

        var user = address.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            given.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length == 2)
        {
            given.Password = Uri.UnescapeDataString(user[1]);
        }

        if (address.AbsolutePath.Length > 1)
        {
            given.Database = Uri.UnescapeDataString(address.AbsolutePath[1..]);
        }

        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (Uri.UnescapeDataString(pair.Split('=', 2)[0]), Uri.UnescapeDataString(pair.Split('=', 2)[^1]));
            switch (name)
            {
                // The names and values that libpq has for what Npgsql calls otherwise.
                case "sslmode":
                    given.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
                    break;
                case "sslrootcert":
                    given.RootCertificate = value;
                    break;
                case "application_name":
                    given.ApplicationName = value;
                    break;
                case "connect_timeout":
                    given.Timeout = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                default:
                    given[name] = value;
                    break;
            }
        }

        return given.ConnectionString;
    }
}
