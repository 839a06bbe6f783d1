using System.Net.Http.Headers;
using System.Text.Json;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>One score that a swarm saw acknowledged.</summary>
internal sealed record Score(string Hunt, string Player, string Operation, long Points);

/// <summary>The file in which a swarm writes down each score that was acknowledged, while it grows and when it is whole.</summary>
internal sealed class AckedLog(TemporaryFolder folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Path { get; } = folder.Of("acked");

    /// <summary>Returns once the swarm has seen so many scores acknowledged.</summary>
    public async Task UntilAsync(int scores, ChildProcess swarm)
    {
        // The log grows by a line a score: the file system tells when it did.
        using var watcher = new FileSystemWatcher(folder.Path) { NotifyFilter = NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.LastWrite };
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
            if (Count() >= scores)
            {
                enough.TrySetResult();
            }
        }
    }

    /// <summary>How many scores have been acknowledged by now.</summary>
    public int Count()
    {
        if (!File.Exists(Path))
        {
            return 0;
        }

        using var file = new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = 0;
        while (file.ReadLine() is not null)
        {
            lines++;
        }

        return lines;
    }

    /// <summary>All scores; the last line may have been cut off by a kill of the swarm.</summary>
    public async Task<List<Score>> ReadAsync()
    {
        var scores = new List<Score>();
        foreach (var line in await File.ReadAllLinesAsync(Path, TestContext.Current.CancellationToken))
        {
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

    /// <summary>Fails unless each of the scores, all of one hunt, is in the ledger that a gateway hands out exactly once, as it was acknowledged.</summary>
    public static async Task AssertInLedgerOnceAsync(IReadOnlyList<Score> acknowledged, Uri address, string key)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var text = await http.GetStringAsync(new Uri($"/v1/hunts/{acknowledged[0].Hunt}/ledger", UriKind.Relative), TestContext.Current.CancellationToken);
        var ledger = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToLookup(
                entry => entry.GetProperty("operation").GetString()!,
                entry => (entry.GetProperty("player").GetString()!, entry.GetProperty("points").GetInt64()));
        foreach (var score in acknowledged)
        {
            var entries = ledger[score.Operation].ToList();
            Assert.True(entries.Count == 1, $"{score} is in the ledger {entries.Count} times");
            Assert.Equal((score.Player, score.Points), entries[0]);
        }
    }
}
