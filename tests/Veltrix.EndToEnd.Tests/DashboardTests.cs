using System.Net;
using Microsoft.Playwright;
using Veltrix.Testing.Browsers;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>The Orleans dashboard behind the gateway: operators sign in and see their silos, and nobody else sees any of it.</summary>
public sealed class DashboardTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Every address that the dashboard's package serves.
    private static readonly string[] Addresses =
    [
        "", "/", "/index.html", "/favicon.ico", "/index.min.js", "/index.css", "/fonts/fa-solid-900.woff2", "/img/OrleansLogo.png", "/version", "/DashboardCounters", "/ClusterStats",
        "/Reminders", "/Reminders/1", "/HistoricalStats/127.0.0.1:1@1", "/SiloProperties/127.0.0.1:1@1", "/SiloMetadata/127.0.0.1:1@1", "/SiloStats/127.0.0.1:1@1",
        "/SiloCounters/127.0.0.1:1@1", "/GrainStats/hunt", "/TopGrainMethods", "/GrainState?grainId=all&grainType=x", "/GrainTypes", "/LifecycleStages", "/Trace", "/nothing", "/%2e%2e/x",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dashboard_OfUp_ShowsItsSiloToWhoSignsInAndNothingToOthers()
    {
        var (up, address, key) = await VeltrixProcess.UpAsync(_folder.Of("data"), VeltrixProcess.FreePort());
        await using var _ = up;
        await AssertClosedAsync(address, key!);
        await LookAsync(address, key!, "hunt");
    }

    [Fact]
    public async Task Dashboard_OfACluster_ShowsEverySilo()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        using var database = new PostgresDatabase();
        await using var cluster = new TestCluster(database.ConnectionString);
        var gateway = TestCluster.FreeAddress();
        await Task.WhenAll(
            TestCluster.UpAsync(cluster.StartSilo(TestCluster.FreeAddress(), "--name", "silo-left", "--migrate")),
            TestCluster.UpAsync(cluster.StartSilo(TestCluster.FreeAddress(), "--name", "silo-right", "--migrate")),
            TestCluster.UpAsync(cluster.StartGateway(gateway, "--migrate")));

        await AssertClosedAsync(gateway, cluster.Key);
        await LookAsync(gateway, cluster.Key, "silo-right");
    }

    private static async Task AssertClosedAsync(Uri gateway, string key)
    {
        using var stranger = new HttpClient { BaseAddress = gateway };
        using var admin = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = gateway };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", key);
        for (var again = 0; again < 2; again++)
        {
            foreach (var address in Addresses)
            {
                using var answer = await stranger.GetAsync(new Uri($"/dashboard{address}", UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound, $"/dashboard{address} answered {answer.StatusCode} to a stranger");
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            }

            // The second walk is over the dashboard that this puts together.
            using var counters = await admin.GetAsync(new Uri("/dashboard/DashboardCounters", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, counters.StatusCode);
        }
    }

    private static async Task LookAsync(Uri gateway, string key, string shows)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var browser = await Chromium.LaunchAsync();
        var page = browser.Page;
        page.SetDefaultTimeout((float)Patience.TotalMilliseconds);

        await page.GotoAsync(new Uri(gateway, "/dashboard/").AbsoluteUri);
        Assert.EndsWith("/sign-in", page.Url, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("VELTRIX_SCREENSHOT") is { Length: > 0 } door)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.ChangeExtension(door, ".door.png") });
        }

        await page.Locator("#key").FillAsync(key);
        await page.Locator("button").ClickAsync();
        await page.WaitForURLAsync("**/dashboard/**", new PageWaitForURLOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        await page.Locator("#content", new PageLocatorOptions { HasText = "Active Grains" }).Or(page.Locator("#content", new PageLocatorOptions { HasText = "Silos" })).First.WaitForAsync();
        await page.GotoAsync(new Uri(gateway, shows == "hunt" ? "/dashboard/#/grains" : "/dashboard/#/silos").AbsoluteUri);
        await page.Locator("#content", new PageLocatorOptions { HasText = shows }).WaitForAsync();
        if (Environment.GetEnvironmentVariable("VELTRIX_SCREENSHOT") is { Length: > 0 } file)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = file });
        }

        Assert.Empty(browser.Complaints);
    }
}
