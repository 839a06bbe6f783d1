using Microsoft.Playwright;

namespace Veltrix.Testing.Browsers;

/// <summary>A headless Chromium, the one that VELTRIX_CHROMIUM names or /usr/bin/chromium, with one page that collects what the browser complains about.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _complaints = [];

    private Chromium(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning" ? message.Text : null);
        page.PageError += (_, error) => Note(error);
        page.RequestFailed += (_, request) => Note($"{request.Url} failed");
    }

    /// <summary>Where the browser should be.</summary>
    public static string File { get; } = Environment.GetEnvironmentVariable("VELTRIX_CHROMIUM") ?? "/usr/bin/chromium";

    /// <summary>Why there can be no test with a browser; null when there can.</summary>
    public static string? Missing => System.IO.File.Exists(File) ? null : $"There is no Chromium at {File}: install one, or name it in VELTRIX_CHROMIUM.";

    public IPage Page { get; }

    /// <summary>Errors and warnings of the page's console, scripts that broke off, and requests that failed, so far.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    public static async Task<Chromium> LaunchAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = File,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        return new Chromium(playwright, browser, page);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private void Note(string? complaint)
    {
        if (complaint is not null)
        {
            lock (_complaints)
            {
                _complaints.Add(complaint);
            }
        }
    }
}
