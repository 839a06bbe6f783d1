using System.Net.Http.Headers;
using System.Text.Json;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>kill -9 at moments that nobody chose: what a client had seen acknowledged is in the ledger, once.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(40)]
    [InlineData(170)]
    public async Task Up_KilledUnderLoad_KeepsEveryAcknowledgedScoreOnce(int scoresBeforeTheKill)
    {
        var port = VeltrixProcess.FreePort();
        var (up, address, key) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using var swarm = VeltrixProcess.Start(
            [
                "swarm", "--url", address.AbsoluteUri, "--map", "generated:128x128@5", "--players", "100", "--rate", "8", "--warmup", "0", "--seconds", "60",
                "--mix", "move=50,look=5,drop=15,dig=30", "--acked-log", _folder.Of("acked"),
            ],
            new Dictionary<string, string> { ["VELTRIX_OPERATOR_KEY"] = key! });
        await using (up)
        {
            await UntilAcknowledgedAsync(scoresBeforeTheKill, swarm);
            await up.KillAsync();
        }

        await swarm.KillAsync();
        var acknowledged = await ReadAcknowledgedAsync();
        Assert.True(acknowledged.Count >= scoresBeforeTheKill);

        var (again, sameAddress, _) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using (again)
        {
            var ledger = await ReadLedgerAsync(sameAddress, key!, acknowledged[0].Hunt);
            foreach (var score in acknowledged)
            {
                var entries = ledger[score.Operation].ToList();
                Assert.True(entries.Count == 1, $"{score} is in the ledger {entries.Count} times");
                Assert.Equal((score.Player, score.Points), entries[0]);
            }
        }

        await using var verify = VeltrixProcess.Start(["verify", "--data", _folder.Of("data")]);
        var exit = await verify.ExitAsync(Patience);
        Assert.True(exit == 0, $"verify exit {exit}\n{verify.Output}\n{verify.Errors}");
    }

    [Fact]
    public async Task Swarm_WhoseServerIsKilledAndComesBack_LosesNoScoreAndFindsNothingWrong()
    {
        var port = VeltrixProcess.FreePort();
        var (up, address, key) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using var swarm = VeltrixProcess.Start(
            [
                "swarm", "--url", address.AbsoluteUri, "--map", "generated:128x128@5", "--players", "60", "--rate", "4", "--warmup", "0", "--seconds", "15",
                "--mix", "move=60,look=5,drop=10,dig=25", "--acked-log", _folder.Of("acked"), "--json", _folder.Of("out.json"),
            ],
            new Dictionary<string, string> { ["VELTRIX_OPERATOR_KEY"] = key! });
        await using (up)
        {
            await UntilAcknowledgedAsync(50, swarm);
            await up.KillAsync();
        }

        var (again, _, _) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using (again)
        {
            var exit = await swarm.ExitAsync(Patience);
            Assert.True(exit == 0, $"swarm exit {exit}\n{swarm.Output}\n{swarm.Errors}");
        }

        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.Of("out.json"), TestContext.Current.CancellationToken));
        Assert.True(summary.RootElement.GetProperty("reconnects").GetInt64() >= 60, summary.RootElement.ToString());
        Assert.Equal(0, summary.RootElement.GetProperty("wrong").GetInt64());
    }

    private async Task UntilAcknowledgedAsync(int scores, ChildProcess swarm)
    {
        // The log grows by a line a score: the file system tells when it did.
        using var watcher = new FileSystemWatcher(_folder.Path) { NotifyFilter = NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.LastWrite };
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Changed += (_, _) => Check();
        watcher.Created += (_, _) => Check();
        watcher.EnableRaisingEvents = true;
        Check();
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await enough.Task.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException tooLong)
        {
            throw new TimeoutException($"The swarm did not get {scores} scores. It printed:\n{swarm.Output}\n{swarm.Errors}", tooLong);
        }

        void Check()
        {
            if (File.Exists(_folder.Of("acked")) && Lines() >= scores)
            {
                enough.TrySetResult();
            }
        }

        int Lines()
        {
            using var file = new StreamReader(new FileStream(_folder.Of("acked"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var lines = 0;
            while (file.ReadLine() is not null)
            {
                lines++;
            }

            return lines;
        }
    }

    private async Task<List<Score>> ReadAcknowledgedAsync()
    {
        var scores = new List<Score>();
        foreach (var line in await File.ReadAllLinesAsync(_folder.Of("acked"), TestContext.Current.CancellationToken))
        {
            // The last line may have been cut off by the kill.
            if (line.EndsWith('}'))
            {
                using var score = JsonDocument.Parse(line);
                var root = score.RootElement;
                scores.Add(new Score(
                    root.GetProperty("hunt").GetString()!,
                    root.GetProperty("player").GetString()!,
                    $"{root.GetProperty("session").GetString()}/{root.GetProperty("sequence").GetInt64()}",
                    root.GetProperty("points").GetInt64()));
            }
        }

        return scores;
    }

    private static async Task<ILookup<string, (string Player, long Points)>> ReadLedgerAsync(Uri address, string key, string hunt)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var text = await http.GetStringAsync(new Uri($"/v1/hunts/{hunt}/ledger", UriKind.Relative), TestContext.Current.CancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToLookup(
                entry => entry.GetProperty("operation").GetString()!,
                entry => (entry.GetProperty("player").GetString()!, entry.GetProperty("points").GetInt64()));
    }

    private sealed record Score(string Hunt, string Player, string Operation, long Points);
}
