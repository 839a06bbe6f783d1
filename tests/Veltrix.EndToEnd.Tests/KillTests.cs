using System.Text.Json;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>kill -9 at moments that nobody chose: what a client had seen acknowledged is in the ledger, once.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();
    private readonly AckedLog _acked;

    public KillTests() => _acked = new AckedLog(_folder);

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
                "--mix", "move=50,look=5,drop=15,dig=30", "--acked-log", _acked.Path,
            ],
            new Dictionary<string, string> { ["VELTRIX_OPERATOR_KEY"] = key! });
        await using (up)
        {
            await _acked.UntilAsync(scoresBeforeTheKill, swarm);
            await up.KillAsync();
        }

        await swarm.KillAsync();
        var acknowledged = await _acked.ReadAsync();
        Assert.True(acknowledged.Count >= scoresBeforeTheKill);

        var (again, sameAddress, _) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using (again)
        {
            await AckedLog.AssertInLedgerOnceAsync(acknowledged, sameAddress, key!);
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
                "--mix", "move=60,look=5,drop=10,dig=25", "--acked-log", _acked.Path, "--json", _folder.Of("out.json"),
            ],
            new Dictionary<string, string> { ["VELTRIX_OPERATOR_KEY"] = key! });
        await using (up)
        {
            await _acked.UntilAsync(50, swarm);
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
}
