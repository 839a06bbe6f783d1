using System.Diagnostics;
using Npgsql;
using Veltrix.Commands.Chaos.Members;

namespace Veltrix.Commands.Chaos.Deeds;

/// <summary>Stops and starts the database by the operator's own commands; nobody else can know how.</summary>
internal sealed class DatabaseSwitch(string stopCommand, string startCommand, NpgsqlDataSource database, MemberLogs logs, TimeProvider time)
{
    private const string LogFile = "database.log";

    /// <summary>How long a command may take, and then the server until it takes connections.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <exception cref="MemberException">The command failed.</exception>
    public Task StopAsync() => RunAsync(stopCommand);

    /// <summary>Starts it and waits until it takes connections.</summary>
    /// <exception cref="MemberException">The command failed, or the server did not come.</exception>
    public async Task StartAsync()
    {
        await RunAsync(startCommand);
        database.Clear();
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException away)
            {
                if (time.GetElapsedTime(began) > Patience)
                {
                    throw new MemberException($"the database took no connections {Patience.TotalSeconds:F0} s after '{startCommand}': {away.Message}");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time);
        }
    }

    private async Task RunAsync(string command)
    {
        // Its output goes to a file: a server that it starts may hold a pipe open for as long as it runs.
        var log = Path.Combine(logs.Folder, LogFile);
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec >>\"$VELTRIX_LOG\" 2>&1 </dev/null; {command}"]) { UseShellExecute = false };
        start.Environment["VELTRIX_LOG"] = log;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new MemberException($"'{command}' still ran after {Patience.TotalSeconds:F0} s");
        }

        if (process.ExitCode != 0)
        {
            throw new MemberException($"'{command}' ended with {process.ExitCode}: {string.Join(' ', File.ReadLines(log).TakeLast(3))}");
        }
    }
}
