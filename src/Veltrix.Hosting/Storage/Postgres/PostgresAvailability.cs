using System.Net.Sockets;
using Npgsql;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>Waits for a database that is not there yet, and tells it from one that will never let this program in.</summary>
public static class PostgresAvailability
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Returns once the database answers; tries again with growing pauses, of 5 s at the most, until it does.</summary>
    /// <param name="database">the database</param>
    /// <param name="tell">hears what is waited for and why: at the first failure, whenever the reason changes, and when the wait is over</param>
    /// <exception cref="PostgresStorageException">Waiting does not help: wrong password, no such database, and the like.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static async Task WaitAsync(NpgsqlDataSource database, Action<string> tell, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(tell);
        ArgumentNullException.ThrowIfNull(clock);
        var place = PlaceOf(database);
        var begun = clock.GetTimestamp();
        string? told = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                await using var ask = new NpgsqlCommand("SELECT 1", connection);
                await ask.ExecuteScalarAsync(cancellationToken);
                if (told is not null)
                {
                    tell($"The database {place} answers after {clock.GetElapsedTime(begun).TotalSeconds:0} s.");
                }

                return;
            }
            catch (Exception problem) when (problem is NpgsqlException or SocketException or IOException or TimeoutException)
            {
                if (!IsPassing(problem))
                {
                    throw Refused(place, problem);
                }

                var reason = Reason(problem);
                if (!string.Equals(reason, told, StringComparison.Ordinal))
                {
                    tell($"Waiting for the database {place}: {reason}");
                    told = reason;
                }
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>Whether a failure may pass by itself: the server is not up yet, is going down, is full, or cannot be reached.</summary>
    public static bool IsPassing(Exception problem)
    {
        for (var cause = problem; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                // Starting up, shutting down, crashed, too many connections, and the class of broken connections.
                case PostgresException { SqlState: "57P03" or "57P01" or "57P02" or "53300" }:
                case PostgresException { SqlState: ['0', '8', ..] }:
                case SocketException or TimeoutException or IOException:
                    return true;
                case PostgresException:
                    return false;
            }
        }

        return false;
    }

    /// <summary>Host, port and name of a database, which say where to look and hold no secret.</summary>
    internal static string PlaceOf(NpgsqlDataSource database)
    {
        var given = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"'{given.Database ?? given.Username}' at {given.Host}{(given.Host?.Contains(',', StringComparison.Ordinal) == true ? "" : $":{given.Port}")}";
    }

    private static PostgresStorageException Refused(string place, Exception problem)
    {
        var (what, mend) = problem switch
        {
            PostgresException { SqlState: "28P01" } wrong => (wrong.MessageText, "Mend the user or the password in the connection string."),
            PostgresException { SqlState: "28000" } barred => (barred.MessageText, "Mend the user in the connection string, or the server's pg_hba.conf."),
            PostgresException { SqlState: "3D000" } absent => (absent.MessageText, "Create it, or mend Database in the connection string."),
            PostgresException { SqlState: "42501" } denied => (denied.MessageText, "Grant CONNECT on it to the user."),
            PostgresException other => ($"{other.MessageText} ({other.SqlState})", "Mend the connection string, or the server."),
            _ => (problem.Message, "Mend the connection string."),
        };
        return new PostgresStorageException($"The database {place} cannot be used: {what.TrimEnd('.')}. {mend}", problem);
    }

    private static string Reason(Exception problem)
    {
        var cause = problem;
        while (cause is not PostgresException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause is PostgresException said ? said.MessageText : cause.Message;
    }
}
