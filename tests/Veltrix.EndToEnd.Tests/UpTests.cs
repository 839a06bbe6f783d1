using System.Text.Json;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>`veltrix up` as a newcomer runs it.</summary>
public sealed class UpTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Up_WithPlayers_LosesNothingAndSaysSo(int batch)
    {
        await using var up = VeltrixProcess.Start(
        [
            "up", "--data", _folder.Of("data"), "--url", "http://127.0.0.1:0", "--map", "generated:128x128@7", "--players", "200", "--rate", "4",
            "--batch", $"{batch}", "--warmup", "2", "--seconds", "6", "--seed", "11", "--json", _folder.Of("out.json"),
        ]);

        var exit = await up.ExitAsync(Patience);

        Assert.True(exit == 0, $"exit {exit}\n{up.Output}\n{up.Errors}");
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.Of("out.json"), TestContext.Current.CancellationToken));
        var root = summary.RootElement;
        var ledger = root.GetProperty("ledger");
        Assert.Equal(200, root.GetProperty("players").GetInt32());
        Assert.True(root.GetProperty("sent").GetInt64() > 200 * 4 * 5, root.ToString());
        Assert.Equal(root.GetProperty("sent").GetInt64(), root.GetProperty("acked").GetInt64());
        Assert.Equal(0, root.GetProperty("wrong").GetInt64());
        Assert.Equal(0, root.GetProperty("unanswered").GetInt64());
        Assert.True(ledger.GetProperty("entries").GetInt64() > 0, root.ToString());
        Assert.Equal(ledger.GetProperty("expected_entries").GetInt64(), ledger.GetProperty("entries").GetInt64());
        Assert.Equal(ledger.GetProperty("expected_points").GetInt64(), ledger.GetProperty("points").GetInt64());
        Assert.Equal(0, ledger.GetProperty("duplicates").GetInt64());
        Assert.Equal("ok", ledger.GetProperty("chain").GetString());
        await VerifyAsync();
    }

    [Fact]
    public async Task Up_OnAFolderThatIsInUse_IsRefusedWithASentence()
    {
        var (first, _, _) = await VeltrixProcess.UpAsync(_folder.Of("data"), VeltrixProcess.FreePort());
        await using (first)
        {
            await using var second = VeltrixProcess.Start(["up", "--data", _folder.Of("data"), "--url", "http://127.0.0.1:0"]);

            Assert.Equal(2, await second.ExitAsync(Patience));
            Assert.Contains($"in use by the process {first.Id}", second.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Up_OnAnAddressThatIsInUse_SaysSo()
    {
        var port = VeltrixProcess.FreePort();
        var (first, address, _) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using (first)
        {
            await using var second = VeltrixProcess.Start(["up", "--data", _folder.Of("other"), "--url", address.AbsoluteUri]);

            Assert.Equal(2, await second.ExitAsync(Patience));
            Assert.Contains("--url", second.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Up_AskedToEnd_EndsInOrderAndGoesOnNextTime()
    {
        var port = VeltrixProcess.FreePort();
        var (first, _, key) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        Assert.NotNull(key);
        var hunt = await first.LineAsync("the hunt", line => line.StartsWith("The hunt ", StringComparison.Ordinal), Patience);
        await using (first)
        {
            first.Terminate();
            Assert.Equal(0, await first.ExitAsync(Patience));
        }

        var (second, _, again) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using (second)
        {
            Assert.Null(again);
            Assert.Equal(hunt, await second.LineAsync("the hunt", line => line.StartsWith("The hunt ", StringComparison.Ordinal), Patience));
        }
    }

    [Fact]
    public async Task Up_AskedToEndWhileItMakesItsHunt_EndsInOrder()
    {
        await using var up = VeltrixProcess.Start(["up", "--data", _folder.Of("data"), "--url", "http://127.0.0.1:0"]);
        await up.LineAsync("the operator key", line => line.StartsWith("Operator key", StringComparison.Ordinal), Patience);

        up.Terminate();

        var exit = await up.ExitAsync(Patience);
        Assert.True(exit == 0, $"exit {exit}\n{up.Output}\n{up.Errors}");
    }

    [Theory]
    [InlineData("up --players none", "--players")]
    [InlineData("up --players 10 --mix fly=100", "mix")]
    [InlineData("up --map missing.tmx", "missing.tmx")]
    [InlineData("up --map generated:10x@1", "generated")]
    [InlineData("up --json out.json", "--players")]
    [InlineData("swim", "swim")]
    [InlineData("verify --data /nowhere/at/all", "/nowhere/at/all")]
    public async Task Veltrix_BadUsage_ExitsWithTwoAndNamesWhatToMend(string arguments, string named)
    {
        await using var veltrix = VeltrixProcess.Start([.. arguments.Split(' '), .. arguments.StartsWith("up", StringComparison.Ordinal)
            ? new[] { "--data", _folder.Of("data"), "--url", "http://127.0.0.1:0" }
            : []]);

        var exit = await veltrix.ExitAsync(Patience);

        Assert.True(exit == 2, $"exit {exit}\n{veltrix.Output}\n{veltrix.Errors}");
        Assert.Contains(named, veltrix.Errors, StringComparison.Ordinal);
    }

    private async Task VerifyAsync()
    {
        await using var verify = VeltrixProcess.Start(["verify", "--data", _folder.Of("data")]);
        var exit = await verify.ExitAsync(Patience);
        Assert.True(exit == 0, $"verify exit {exit}\n{verify.Output}\n{verify.Errors}");
    }
}
