using System.Text.Json;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>`veltrix chaos` as operators run it, shortened: everything that can be done to a cluster is done to this one.</summary>
public sealed class ChaosTests : IDisposable
{
    private const int Players = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chaos_OfEveryKind_LosesDoublesAndHolesNothing()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        await using var server = await PrivatePostgres.StartNewAsync();

        // With this seed the five deeds for which there is time are of five kinds.
        await using var chaos = VeltrixProcess.Start(
            [
                "chaos", "--players", $"{Players}", "--rate", "0.5", "--seconds", "45", "--warmup", "3", "--seed", "525", "--map", "generated:128x128@7",
                "--process-every", "8", "--postgres-away", "4", "--postgres-stop", server.StopCommand, "--postgres-start", server.StartCommand,
                "--logs", _folder.Of("logs"), "--json", _folder.Of("out.json"),
            ],
            new Dictionary<string, string> { ["VELTRIX_POSTGRES"] = server.ConnectionString });
        var exit = await chaos.ExitAsync(Patience);

        Assert.True(exit == 0, $"exit {exit}\n{chaos.Errors}\n{Errors()}");
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.Of("out.json"), TestContext.Current.CancellationToken));
        var root = summary.RootElement;
        AssertNothingIsLost(root);
        AssertEverythingWasDone(root);
        TestContext.Current.TestOutputHelper!.WriteLine($"Longest wait by kind, in ms: {root.GetProperty("longest_wait_ms")}");
    }

    private static void AssertNothingIsLost(JsonElement root)
    {
        var ledger = root.GetProperty("ledger");
        Assert.Equal(Players, root.GetProperty("players").GetInt32());
        Assert.Equal(root.GetProperty("sent").GetInt64(), root.GetProperty("acked").GetInt64());
        Assert.Equal(0, root.GetProperty("wrong").GetInt64());
        Assert.Equal(0, root.GetProperty("unanswered").GetInt64());
        Assert.Empty(root.GetProperty("failed").EnumerateArray());
        Assert.True(ledger.GetProperty("entries").GetInt64() > Players, root.ToString());
        Assert.Equal(ledger.GetProperty("expected_entries").GetInt64(), ledger.GetProperty("entries").GetInt64());
        Assert.Equal(ledger.GetProperty("expected_points").GetInt64(), ledger.GetProperty("points").GetInt64());
        Assert.Equal(0, ledger.GetProperty("duplicates").GetInt64());
        Assert.Equal("ok", ledger.GetProperty("chain").GetString());
    }

    private static void AssertEverythingWasDone(JsonElement root)
    {
        Assert.Equal((5, 0), (root.GetProperty("planned").GetInt32(), root.GetProperty("undone").GetInt32()));
        if (root.GetProperty("left_out").GetArrayLength() == 0)
        {
            // Where no network can be cut the plan is another one.
            var done = root.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("event").GetString()!).ToHashSet(StringComparer.Ordinal);
            Assert.Superset(new HashSet<string>(["kill-silo", "term-gateway", "freeze-silo", "part-silo", "database", "start-silo", "start-gateway"], StringComparer.Ordinal), done);
            Assert.True(root.GetProperty("reconnects").GetInt64() > 0, root.ToString());
        }

        Assert.NotEmpty(root.GetProperty("grains").EnumerateArray());
    }

    private string Errors()
    {
        var errors = _folder.Of("logs/errors.log");
        return File.Exists(errors) ? File.ReadAllText(errors) : "";
    }
}
