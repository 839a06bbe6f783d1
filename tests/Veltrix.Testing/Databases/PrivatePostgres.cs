using System.Security.Cryptography;
using Veltrix.Testing.Processes;

namespace Veltrix.Testing.Databases;

/// <summary>A PostgreSQL server of one test's own, made by tests/postgres, which the test may stop and start again as it likes.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _script;
    private readonly string _folder;

    private PrivatePostgres(string script, string folder) => (_script, _folder) = (script, folder);

    /// <summary>How to connect to it; stays the same over its stops and starts.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>What a shell has to run to do as <see cref="StopAtOnceAsync"/> does.</summary>
    public string StopCommand => $"'{_script}' stop '{_folder}' immediate";

    /// <summary>What a shell has to run to do as <see cref="StartAsync"/> does.</summary>
    public string StartCommand => $"'{_script}' start '{_folder}' fsync=off";

    /// <summary>Makes and starts one.</summary>
    public static async Task<PrivatePostgres> StartNewAsync()
    {
        // Not in the tests' own temporary folder: as root, the server runs as another user, who cannot enter that.
        var folder = Path.Combine("/tmp", "veltrix-postgres-" + RandomNumberGenerator.GetHexString(12, lowercase: true));
        var server = new PrivatePostgres(Path.Combine(Root(), "tests", "postgres"), folder);
        Directory.CreateDirectory(folder);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again.</summary>
    public async Task StartAsync() => ConnectionString = (await RunAsync("start", _folder, "fsync=off")).Trim();

    /// <summary>Stops it as kill -9 does: it recovers from its log when it starts again.</summary>
    public Task StopAtOnceAsync() => RunAsync("stop", _folder, "immediate");

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path.Combine(_folder, "data")))
        {
            await RunAsync("stop", _folder, "immediate");
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Veltrix.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Veltrix.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        await using var script = ChildProcess.Start(_script, arguments);
        var exit = await script.ExitAsync(Patience);
        return exit == 0
            ? script.Output
            : throw new InvalidOperationException($"tests/postgres {string.Join(' ', arguments)} ended with {exit}: {script.Errors}");
    }
}
