using Microsoft.Playwright;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Testing.Browsers;

namespace Veltrix.Gateway.Tests;

/// <summary>The live page in a real browser, over a hunt that a test makes up.</summary>
public sealed class BrowserTests
{
    [Fact]
    public async Task Page_OfARunningHunt_ShowsMovingDotsAFindAndTheBoard()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var host = await GatewayHost.StartAsync();
        await using var crowd = new Crowd(host, "harbour", players: 300);
        await using var browser = await Chromium.LaunchAsync();
        var page = browser.Page;

        await page.GotoAsync(host.Address.ToString());
        await page.Locator("#link", new PageLocatorOptions { HasText = "Live" }).WaitForAsync();
        await page.Locator("#players", new PageLocatorOptions { HasText = "300" }).WaitForAsync();
        await page.Locator("#board td", new PageLocatorOptions { HasText = "p0" }).First.WaitForAsync();
        crowd.Find();
        await page.Locator("#finds li b", new PageLocatorOptions { HasText = "+77" }).First.WaitForAsync();
        var before = await DotsAsync(page);
        await page.WaitForFunctionAsync("before => document.getElementById('dots').toDataURL() !== before", before);

        Assert.Equal("running", await page.Locator("#state").TextContentAsync());
        Assert.True(await page.EvaluateAsync<bool>("() => { const c = document.getElementById('map'); return c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data[1] > 60; }"), "the map is not drawn");
        Assert.Empty(browser.Complaints);
        if (Environment.GetEnvironmentVariable("VELTRIX_SCREENSHOT") is { Length: > 0 } file)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = file });
        }
    }

    [Fact]
    public async Task Page_ThreeThousandPlayers_StaysSmooth()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var host = await GatewayHost.StartAsync();
        await using var crowd = new Crowd(host, "harbour", players: 3000);
        await using var browser = await Chromium.LaunchAsync();
        var page = browser.Page;
        await page.GotoAsync(host.Address.ToString());
        await page.Locator("#players", new PageLocatorOptions { HasText = "3,000" }).WaitForAsync();

        // What a frame's script costs, which is the page's own part of it: how often frames come is up to the machine, and is only shown.
        var cost = await page.EvaluateAsync<double>("""
            async () => {
              const costs = [], draw = CanvasRenderingContext2D.prototype.clearRect;
              let frames = 0, began = performance.now();
              const own = window.drawDots;
              await new Promise(done => {
                const tick = now => {
                  frames++;
                  const at = performance.now(); own(now); costs.push(performance.now() - at);
                  if (now - began < 3000) requestAnimationFrame(tick); else done();
                };
                requestAnimationFrame(tick);
              });
              window.framesPerSecond = frames * 1000 / (performance.now() - began);
              costs.sort((a, b) => a - b);
              return costs[costs.length >> 1];
            }
            """);
        var rate = await page.EvaluateAsync<double>("() => window.framesPerSecond");
        TestContext.Current.SendDiagnosticMessage($"3,000 dots: {rate:0} frames a second, {cost:0.0} ms of script for the dots of a frame");
        if (Environment.GetEnvironmentVariable("VELTRIX_SCREENSHOT") is { Length: > 0 } file)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.ChangeExtension(file, ".3000.png") });
            await File.WriteAllTextAsync(Path.ChangeExtension(file, ".3000.txt"), $"{rate:0.0} frames/s, {cost:0.00} ms/frame\n");
        }

        Assert.InRange(cost, 0, 16);
    }

    private static Task<string> DotsAsync(IPage page) => page.EvaluateAsync<string>("() => document.getElementById('dots').toDataURL()");
}
