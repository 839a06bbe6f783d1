using System.Text.Json;
using Microsoft.Playwright;
using Veltrix.Testing.Browsers;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>The live page, as an organiser watches it: a real browser on a real server.</summary>
public sealed class PageTests : IDisposable
{
    private const int Players = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Page_OfAHuntThatIsPlayed_ShowsItsMapItsPlayersAndAFindAsItHappens()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var (up, address, key) = await VeltrixProcess.UpAsync(_folder.Of("data"), VeltrixProcess.FreePort());
        await using var _ = up;
        await using var swarm = VeltrixProcess.Start(
            [
                "swarm", "--url", address.AbsoluteUri, "--map", "generated:128x128@5", "--players", $"{Players}", "--rate", "4", "--warmup", "0",
                "--mix", "move=50,look=5,drop=5,dig=40",
            ],
            new Dictionary<string, string> { ["VELTRIX_OPERATOR_KEY"] = key! });
        var line = await swarm.LineAsync("its hunt", line => line.StartsWith("Hunt ", StringComparison.Ordinal), Patience);
        var hunt = line.Split(' ')[1];
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var map = (await ReadAsync(http, $"/v1/hunts/{hunt}")).GetProperty("map").GetString();

        await using var browser = await Chromium.LaunchAsync();
        var page = browser.Page;
        page.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        var opened = TimeProvider.System.GetUtcNow();
        var picture = await page.RunAndWaitForResponseAsync(() => page.GotoAsync($"{address}#{hunt}"), answer => answer.Url.EndsWith("/image.png", StringComparison.Ordinal));

        Assert.Equal($"/v1/maps/{map}/image.png", new Uri(picture.Url).AbsolutePath);
        await page.WaitForFunctionAsync("() => picture && !mapDirty");
        Assert.True(await ColoursAsync(page) > 20, "the island is not drawn");
        await page.Locator("#players", new PageLocatorOptions { HasText = $"{Players}" }).WaitForAsync();
        await page.Locator("#state", new PageLocatorOptions { HasText = "running" }).WaitForAsync();

        // The browser's own clock: a find is new when it was made in the last ten seconds.
        await page.Locator("#finds li.new").First.WaitForAsync();
        var find = await page.EvaluateAsync<JsonElement>("""
            () => {
              const item = document.querySelector("#finds li.new");
              return { at: item.querySelector("time").dateTime, player: item.querySelector("span").textContent, points: item.querySelector("b").textContent };
            }
            """);
        var (player, points) = (find.GetProperty("player").GetString()!, find.GetProperty("points").GetString()!);
        Assert.InRange(find.GetProperty("at").GetDateTimeOffset(), opened - TimeSpan.FromSeconds(10), TimeProvider.System.GetUtcNow());
        var ledger = await http.GetStringAsync(new Uri($"/v1/hunts/{hunt}/ledger", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains(
            ledger.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(entry => JsonDocument.Parse(entry).RootElement),
            entry => entry.GetProperty("player").GetString() == player && $"+{entry.GetProperty("points").GetInt64()}" == points);
        await page.Locator("#board td:last-child:not(.empty)").First.WaitForAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Page_WhoseServerIsKilledAndComesBack_SaysSoAndGoesOn()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var port = VeltrixProcess.FreePort();
        var (up, address, _) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using var browser = await Chromium.LaunchAsync();
        var page = browser.Page;
        page.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        await using (up)
        {
            await page.GotoAsync(address.AbsoluteUri);
            await page.Locator("#state", new PageLocatorOptions { HasText = "running" }).WaitForAsync();
            await up.KillAsync();
        }

        await page.Locator("#notice", new PageLocatorOptions { HasText = "does not answer" }).WaitForAsync();
        await page.Locator("body.stale").WaitForAsync();
        var (again, _, _) = await VeltrixProcess.UpAsync(_folder.Of("data"), port);
        await using var __ = again;

        await page.Locator("#link[data-live=true]").WaitForAsync();
        await page.Locator("#notice").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        await page.Locator("body:not(.stale) #state[data-state=running]").WaitForAsync();
    }

    private static Task<int> ColoursAsync(IPage page) => page.EvaluateAsync<int>("""
        () => {
          const canvas = document.getElementById("map");
          const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return new Set(pixels).size;
        }
        """);

    private static async Task<JsonElement> ReadAsync(HttpClient http, string path)
    {
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));
        return answer.RootElement.Clone();
    }
}
